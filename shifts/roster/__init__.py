"""The roster: building it, changing it, publishing it, and putting it on paper."""
