"""Loading report files from the browser: on Data, and wherever an account has none yet."""
