"""Pages of `shifts`: login and passwords, home, refusals, health."""
