"""The pages: a folder for each person who has them, one file a page, which composes. They ask
services and hand plain data to components; no statement of SQL stands here."""
