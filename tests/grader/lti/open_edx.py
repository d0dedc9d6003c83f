"""Open edX's own LTI 1.3 platform code (lti-consumer-xblock), in a bare Django project on loopback.

Run by a Python that has that package, and that does not have this project:

    python open_edx.py ADDRESS TOOL_ADDRESS DATABASE

It prints one line of JSON, what an administrator would enter for this platform, and serves until it is ended.
"""

import json
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings

HERE, TOOL, DATABASE = sys.argv[1:]
settings.configure(
    SECRET_KEY="of a test, on loopback, and for nothing else",
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF="__main__",
    PLATFORM_NAME="Open edX",
    LMS_ROOT_URL=HERE,
    LTI_API_BASE=HERE,
    LTI_BASE=HERE,
    USAGE_ID_PATTERN=r"(?P<usage_id>[^/]+)",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "rest_framework",
        "django_filters",
        "lti_consumer",
    ],
    MIDDLEWARE=[
        "edx_django_utils.cache.middleware.RequestCacheMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402

if not os.path.exists(DATABASE):
    call_command("migrate", verbosity=0)

from lti_consumer.api import get_lti_1p3_launch_start_url  # noqa: E402
from lti_consumer.data import Lti1p3LaunchData  # noqa: E402
from lti_consumer.models import Lti1p3Passport, LtiAgsLineItem, LtiAgsScore, LtiConfiguration  # noqa: E402


def configuration():
    """The tool as a course's author enters it, with a line item, which the platform makes for a graded unit."""
    if found := LtiConfiguration.objects.first():
        return found
    made = LtiConfiguration.objects.create(
        version="lti_1p3",
        config_store="CONFIG_ON_DB",
        lti_1p3_passport=Lti1p3Passport.objects.create(lti_1p3_tool_keyset_url=f"{TOOL}/jwks.json"),
        lti_1p3_oidc_url=f"{TOOL}/login",
        lti_1p3_launch_url=f"{TOOL}/launch",
        lti_advantage_ags_mode="declarative",
    )
    LtiAgsLineItem.objects.create(lti_configuration=made, resource_link_id=None, label="Lesson", score_maximum=25)
    return made


CONFIGURATION = configuration()


def start(request):
    """What a learner presses in the course."""
    user = request.GET["user"]
    launch = Lti1p3LaunchData(
        user_id=user,
        user_role=request.GET.get("role", "student"),
        config_id=str(CONFIGURATION.config_id),
        resource_link_id="link-1",
        context_id="course-1",
        context_type=["course_offering"],
        context_title="JWT",
        name=user.title(),
        custom_parameters={"lesson": request.GET.get("lesson", "")},
    )
    return HttpResponseRedirect(get_lti_1p3_launch_start_url(launch))


def unit(request):
    """A course's page that shows the tool in a frame."""
    query = request.GET.urlencode().replace("&", "&amp;")
    return HttpResponse(f'<h1>Unit</h1><iframe src="/start?{query}" width="900" height="700"></iframe>')


def scores(request):
    """The platform's gradebook."""
    fields = ("user_id", "score_given", "score_maximum", "comment", "grading_progress", "timestamp")
    return JsonResponse({"scores": list(LtiAgsScore.objects.values(*fields))})


urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls")),
    path("start", start),
    path("unit", unit),
    path("scores", scores),
]


class Server(ThreadingMixIn, WSGIServer):
    """Several requests at a time: the tool asks for keys while its answer is awaited."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Without a line for each request."""

    def log_message(self, *_):
        """Say nothing."""


if __name__ == "__main__":
    passport = CONFIGURATION.lti_1p3_passport
    api = f"{HERE}/api/lti_consumer/v1"
    port = int(HERE.rpartition(":")[2])
    server = make_server("127.0.0.1", port, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    registration = {
        "issuer": HERE,
        "client-id": CONFIGURATION.lti_1p3_client_id,
        "deployment": "1",
        "auth": f"{api}/launch/",
        "token": f"{api}/token/{passport.passport_id}",
        "jwks": f"{api}/public_keysets/{passport.passport_id}",
    }
    print(json.dumps(registration), flush=True)
    server.serve_forever()
