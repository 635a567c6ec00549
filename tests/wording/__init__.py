"""What people read: each word list whole, money and days alike wherever they are said."""
