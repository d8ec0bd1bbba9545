"""What people take away from a plan: pictures and files. Must not know: how plans are found."""
