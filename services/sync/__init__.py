"""What the marketplaces are asked for and when: connections, what is asked, and its landing."""
