"""How often each form may be sent (hub/web/limits.py)."""

# By person when signed in, by address of the network otherwise: whole administrations share one.
RATE_LIMITS = {
    "default": "15/m,300/h",
    "sign-in": "15/m,200/h",
    "sign-in-code": "15/m,200/h",
    # Counted by address of mail: nobody fills somebody else's box, or tries code after code.
    "sign-in-mail": "5/m,30/h",
    # Counted for everybody together: each asking is a mail to write down, to whatever address.
    "sign-in-mail-all": "1200/h,6000/d",
    "password": "15/m,100/h",
    "second-factor": "15/m,100/h",
    "tell-us": "10/m,60/h",
    # Counted for everybody together: the editors read them.
    "tell-us-all": "60/h,300/d",
    # Counted by person: what they wrote while their session ended, kept until they are signed in again.
    "held-text": "15/m,60/h",
}
