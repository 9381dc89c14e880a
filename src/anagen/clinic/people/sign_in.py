"""Is this the person? Names and passwords against the accounts; nothing about permissions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from .models import User


class Accounts(BaseBackend):
    """User names do not mind capitals. An unknown name takes as long as a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_other: Any,
    ) -> User | None:
        if not username or not password:
            return None
        user = User.objects.filter(username=username.strip().lower()).first()
        if user is None:
            make_password(password)
            return None
        # Not user.check_password: that one may write, and only actions write.
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()


def address_of(request: HttpRequest) -> str:
    """The caller's network address, from the proxy's header only when a proxy is trusted."""
    from django.conf import settings

    if settings.TRUST_PROXY:
        # The last entry is the one our own proxy wrote; earlier ones can be made up.
        return request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]
