"""The limit that pages are set beside: Django without anything of ours, under the same server and database.

No middleware, two views: one inserts a row of what was posted, by the ORM, commits it and answers 302; one answers the
same short text always. It is its own settings, addresses and application.
"""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST

from config.settings import DATABASES as DATABASES

SECRET_KEY = "of the bench alone"
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["tests.bench.bare_app"]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = __name__
USE_TZ = True
USE_I18N = False


@require_POST
def insert(request: HttpRequest) -> HttpResponse:
    from tests.bench.bare_app.models import Line

    Line.objects.create(name=request.POST["organization_name"], email=request.POST["email"])
    return HttpResponseRedirect("/")


def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse("All is well.")


urlpatterns = [path("insert/", insert), path("healthz", constant), path("constant/", constant)]


def __getattr__(name: str) -> object:
    if name == "application":
        os.environ["DJANGO_SETTINGS_MODULE"] = __name__
        return get_wsgi_application()
    raise AttributeError(name)
