"""Addresses of the account pages."""

from django.urls import path

from wizard import accounts, accounts_leaving

urlpatterns = [
    path("", accounts.account, name="account"),
    path("sign-in/", accounts.SignIn.as_view(), name="login"),
    path("sign-out/", accounts.SignOut.as_view(), name="logout"),
    path("session/", accounts.session, name="session"),
    path("sign-up/", accounts.sign_up, name="signup"),
    path("password/", accounts.ChangePassword.as_view(), name="password_change"),
    path("export/", accounts_leaving.account_export, name="account_export"),
    path("delete/", accounts_leaving.account_delete, name="account_delete"),
    path("tokens/", accounts.token_create, name="token_create"),
    path("tokens/<int:pk>/revoke/", accounts.token_revoke, name="token_revoke"),
]
