"""What all forms share: a rule's error shown on the field it speaks of."""

from flask_wtf import FlaskForm
from wtforms import Field

from portal.errors import PortalError


def put_error(form: FlaskForm, error: PortalError) -> None:
    """On the field that the error names, or above the form."""
    if error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.message]
    else:
        form.form_errors.append(error.message)


def typed(field: Field) -> str:
    """What was typed, or nothing."""
    return field.data or ""
