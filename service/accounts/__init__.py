"""Who is there and what they may do.

    rights      the one place where it is decided: action by role, and how far each role reaches
    people      the current user, from a session cookie or a token
    passwords, sign_in, tokens, invitations, oidc    the ways in

Must not know: the web framework, pages, scenarios.
"""
