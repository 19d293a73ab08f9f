"""Signing in and out, confirming who one is, and one's own account."""

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from portal import accounts
from portal.accounts.sessions import sessions_of
from portal.errors import DatabaseUnavailable, PortalError
from portal.extensions import db
from portal.http.sessions import PREFIXES_WITHOUT_SESSION
from portal.pages.accounts.forms import ConfirmForm, PasswordForm, SignInForm
from portal.pages.accounts.known_browser import known_browser, remember_browser
from portal.pages.accounts.next_path import go_on
from portal.pages.blueprint import FORM_METHODS, Needs, PageBlueprint
from portal.pages.forms import put_error, typed
from portal.pages.identity import current_principal, load, myself, signed_in

blueprint = PageBlueprint("accounts", __name__, needs=Needs.SIGN_IN)
OPEN_BEFORE_NEW_PASSWORD = {"accounts.password", "accounts.logout", "accounts.login"}


@blueprint.before_app_request
def insist_on_new_password() -> ResponseReturnValue | None:
    """A person who signed in with a password that someone else chose must change it first; paths without a session know no person."""
    if request.path.startswith(PREFIXES_WITHOUT_SESSION):
        return None
    person = signed_in()
    if person is None or not person.must_change_password or request.endpoint in OPEN_BEFORE_NEW_PASSWORD:
        return None
    return redirect(url_for("accounts.password", next=request.full_path.rstrip("?") if request.method == "GET" else None))


@blueprint.route("/login", methods=FORM_METHODS, needs=Needs.NOTHING)
def login() -> ResponseReturnValue:
    if request.method == "GET" and signed_in():
        return redirect(go_on())
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("accounts/login.html", form=form), 400 if form.errors else 200
    email = typed(form.email)
    try:
        welcome = accounts.sign_in(db.session(), current_principal(), email, typed(form.password), known_browser=known_browser(email))
    except PortalError as error:
        return failed("accounts/login.html", form, error)
    db.session.commit()
    leave()
    session.clear()
    login_user(load(welcome.session_id))
    next_page = request.args.get("next")
    response = make_response(redirect(url_for("accounts.password", next=next_page) if welcome.must_change_password else go_on()))
    remember_browser(response, welcome.email)
    return response


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    leave()
    logout_user()
    session.clear()
    flash("You are signed out.", "good")
    return redirect(url_for("home.show"))


def leave() -> None:
    """Ends the session that this browser has, if any."""
    person = signed_in()
    if person is not None:
        accounts.sign_out(db.session(), person.digest)
        db.session.commit()


@blueprint.route("/confirm-password", methods=FORM_METHODS)
def confirm() -> ResponseReturnValue:
    form, person = ConfirmForm(), myself()
    if not form.validate_on_submit():
        return render_template("accounts/confirm.html", form=form, person=person), 400 if form.errors else 200
    try:
        accounts.confirm(db.session(), current_principal(), person.digest, typed(form.password))
    except PortalError as error:
        return failed("accounts/confirm.html", form, error, person=person)
    db.session.commit()
    return redirect(go_on())


@blueprint.get("/account")
def show() -> ResponseReturnValue:
    rows = sessions_of(db.session(), current_principal())
    return render_template("accounts/show.html", person=myself(), sessions=rows)


@blueprint.route("/account/password", methods=FORM_METHODS)
def password() -> ResponseReturnValue:
    form, person = PasswordForm(), myself()
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form, person=person), 400 if form.errors else 200
    try:
        accounts.change_password(db.session(), current_principal(), person.digest, typed(form.current), typed(form.new))
    except PortalError as error:
        return failed("accounts/password.html", form, error, person=person)
    db.session.commit()
    flash("Your password is changed. You are signed out everywhere else.", "good")
    return redirect(go_on())


@blueprint.post("/account/sign-out-others")
def sign_out_others() -> ResponseReturnValue:
    accounts.sign_out_others(db.session(), current_principal(), myself().digest)
    db.session.commit()
    flash("You are signed out everywhere else.", "good")
    return redirect(url_for("accounts.show"))


def failed(template: str, form: SignInForm | ConfirmForm | PasswordForm, error: PortalError, **values: object) -> Response:
    """The form again, with what was wrong; passwords are never sent back. Raises DatabaseUnavailable, which is no matter of the form."""
    if isinstance(error, DatabaseUnavailable):
        raise error
    db.session.rollback()
    put_error(form, error)
    response = make_response(render_template(template, form=form, **values), error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
