"""What people report, what staff keep back or remove, and accounts that they suspend (D-83)."""
