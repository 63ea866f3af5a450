"""The pages put into the desk's application."""

from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from tickets.rights import Actor
from tickets.sign_in import NotSignedIn
from tickets.web.envelope import PROBLEM_PAGE, REQUEST_ID, ProblemPage
from tickets.web.guard import ACTOR, STATIC, actor_of
from tickets.web.language import words_of
from tickets.web.pages import by_provider, sign_in
from tickets.web.pages.layout import NAVIGATION, home, render
from tickets.web.pages.page import Pages
from tickets.web.problems import Problem
from tickets.web.statics import statics


def mount(app: web.Application, subjects: Sequence[Pages]) -> None:
    """Add every page, the files they load, signing in, and how problems look."""
    app[NAVIGATION] = tuple(subject.nav for subject in subjects if subject.nav)
    app[PROBLEM_PAGE] = ProblemPage(show_problem)
    for subject in subjects:
        for page in subject:
            app.router.add_route(page.method, page.path, page.serve)
    app.router.add_get(f"{STATIC}{{digest:[0-9a-f]{{1,64}}}}/{{path:.+}}", statics().serve)
    app.router.add_get("/", first)
    sign_in.add_to(app)
    by_provider.add_to(app)


async def first(request: web.Request) -> web.Response:
    """Lead everybody to where they begin."""
    if ACTOR not in request:
        raise NotSignedIn("sign in first")
    return web.Response(status=303, headers={"Location": home(request, actor_of(request))})


def show_problem(request: web.Request, problem: Problem) -> web.Response:
    """A stranger is asked to sign in; a part of a page tells what happened where that is told."""
    actor: Actor | None = request.get(ACTOR)
    partial = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
    if problem.status == 401:
        return _to_sign_in(request, problem)
    words = words_of(request)
    key = f"problem.{problem.kind}"
    if key not in words:
        key = "problem.other"
    template = "problem_part.html" if partial else "problem.html"
    values = {
        "problem": problem,
        "problem_key": key,
        "instance": request.get(REQUEST_ID, ""),
        "fields": [
            one.get("pointer", one.get("parameter", "")).rpartition("/")[2]
            for one in problem.errors
        ],
    }
    response = render(request, actor, template, problem.status, values)
    response.headers.update(problem.headers)
    if partial:
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _to_sign_in(request: web.Request, problem: Problem) -> web.Response:
    there = "/sign-in"
    if request.method == "GET" and request.path != "/" and "HX-Request" not in request.headers:
        there += f"?to={quote(request.path_qs, safe='')}"
    if "HX-Request" in request.headers:
        # A whole page, not one put into the place of a part.
        return web.Response(status=problem.status, headers={"HX-Redirect": there})
    return web.Response(status=303, headers={"Location": there})
