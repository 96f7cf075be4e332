"""Who may open the page, and when: the window, the tries, the codes, the one session. Pure but for access.py."""
