"""E-mail addresses as people type them: checked by form alone, since no name server may be asked."""

from email_validator import EmailNotValidError, validate_email

from portal.errors import Invalid


def check_email(text: str, field: str) -> str:
    """The address in its normal form. Raises Invalid on the field."""
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(f"This isn't an e-mail address: {error}", field) from None
