"""E-mail addresses as people type them: checked by form alone, since no name server may be asked."""

from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid

LONGEST = 254  # characters (RFC 5321 §4.5.3.1); asked first, as composing the letters of a long text takes the square of its length


def check_email(text: str, field: str) -> str:
    """The address in its normal form. Raises Invalid on the field."""
    typed = text.strip()
    if len(typed) > LONGEST:
        raise Invalid(f"An e-mail address has at most {LONGEST} characters.", field)
    try:
        return validate_email(typed, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(f"This isn't an e-mail address: {error}", field) from None
