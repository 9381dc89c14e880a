"""The door for a web server: `gunicorn anagen.clinic.wsgi`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anagen.clinic.settings")

application = get_wsgi_application()
