"""The roster outside the site: sheets of A4, PDF, texts for a chat, workbooks, and files read back in."""
