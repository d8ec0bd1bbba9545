"""Journey times, from a table or from a routing server: asked once, again when it stumbles."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from scenarios.importers.desk import Request, imported
from scenarios.importers.into import joined, new_scenario
from scenarios.importers.route_servers import RouteServer, ServerUnavailable
from solver.domain import Division, Establishment, Host, Journey, Period, Place, Pupil, Scenario
from solver.travel import Journeys

A = Place(id="a", name="A", latitude=48.5, longitude=6.5)
B = Place(id="b", name="B", latitude=48.6, longitude=6.6)
ISLAND = Place(id="ile", name="Île", latitude=47.0, longitude=-3.0)


def seconds(one: tuple[float, float], other: tuple[float, float]) -> float | None:
    """The stub's idea of a journey; nobody drives to the island."""
    if (one[1] < 0) != (other[1] < 0):
        return None
    return 10_000 * (abs(one[0] - other[0]) + abs(one[1] - other[1]))


class Stub(ThreadingHTTPServer):
    """A routing server of each kind on 127.0.0.1, that can be told to stumble."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.stumbles: list[int] = []
        self.asked: list[tuple[str, Any]] = []
        self.body: bytes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Stub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        self.server.asked.append((path.path, None))
        points = [
            (float(p.split(",")[1]), float(p.split(",")[0]))
            for p in path.path.rsplit("/", 1)[-1].split(";")
        ]
        query = {k: [int(i) for i in v[0].split(";")] for k, v in parse_qs(path.query).items()
                 if k != "annotations"}  # fmt: skip
        rows = [
            [seconds(points[i], points[j]) for j in query["destinations"]] for i in query["sources"]
        ]
        self._answer({"code": "Ok", "durations": rows})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, question))
        if "sources" in question:
            rows = [
                [{"time": seconds((s["lat"], s["lon"]), (t["lat"], t["lon"])), "distance": 1.0}
                 for t in question["targets"]]
                for s in question["sources"]
            ]  # fmt: skip
            self._answer({"sources_to_targets": rows})
            return
        numbers = [float(n) for n in re.findall(r"l(?:at|on):(-?[0-9.]+)", question["query"])]
        found = seconds((numbers[0], numbers[1]), (numbers[2], numbers[3]))
        itineraries = [] if found is None else [{"duration": found + 300}, {"duration": found}]
        self._answer({"data": {"plan": {"itineraries": itineraries}}})

    def _answer(self, content: Any) -> None:
        code = self.server.stumbles.pop(0) if self.server.stumbles else 200
        body = self.server.body if self.server.body is not None else json.dumps(content).encode()
        self.send_response(code)
        if code == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class Asking(RouteServer):
    """A server whose waits are counted, not waited."""

    __slots__ = ("waits",)

    def __init__(self, stub: Stub, engine: Any = "osrm", cache: Path | None = None) -> None:
        self.waits: list[float] = []
        super().__init__(stub.url, engine, cache, "2027-01-12", sleep=self.waits.append)


@pytest.fixture
def scenario() -> Scenario:
    return joined(
        new_scenario("X", "Nancy-Metz", "2026-2027"),
        {
            "lieux": [A, B, ISLAND],
            "etablissements": [Establishment(uai="0540037X", name="L", type="LP", place="a")],
            "divisions": [Division(id="d", establishment="0540037X", public="3E", headcount=2)],
            "periodes": [Period(id="p", division="d", rank=1, duration_weeks=1)],
            "accueils": [
                Host(id=f"X-{p.id}", place=p.id, publics=("3E",), slots=1) for p in (A, B, ISLAND)
            ],
        },
    ).scenario


@pytest.mark.parametrize(
    ("engine", "mode", "called"),
    [
        ("osrm", "voiture", "/table/v1/driving/6.50000,48.50000;6.50000,48.50000"),
        ("valhalla", "velo", "/sources_to_targets"),
        ("otp", "tc", "/otp/gtfs/v1"),
    ],
)
def test_each_kind_of_server_is_asked_in_its_own_way(
    stub: Stub, scenario: Scenario, engine: Any, mode: Any, called: str
) -> None:
    server = Asking(stub, engine)
    made = imported(Request(source="trajets", scenario=scenario, mode=mode, server=server))
    server.close()
    assert (made.rows_read, made.taken, made.refused) == (3, 2, 1)
    assert [v.why for v in made.verdicts if v.outcome == "refusee"] == ["aucun chemin pour ce mode"]
    assert made.tables["trajets"] == [
        Journey(origin="a", destination="a", mode=mode, minutes=0),
        Journey(origin="a", destination="b", mode=mode, minutes=34),
    ]
    assert stub.asked[0][0].startswith(called)
    after = joined(scenario, made.tables).scenario
    pupil = Pupil(id="u", division="d", home="a", modes=(mode,))
    assert Journeys(after).minutes(pupil, "X-b") == 34
    assert not Journeys(after).is_estimated(pupil, "X-b")


def test_an_answer_is_kept_and_never_asked_twice(stub: Stub, tmp_path: Path) -> None:
    first = Asking(stub, cache=tmp_path / "cache")
    found = first.minutes([A, B], [B, ISLAND], "voiture")
    first.close()
    assert found == ((34, None), (0, None))
    again = Asking(stub, cache=tmp_path / "cache")
    assert again.minutes([A, B], [B, ISLAND], "voiture") == found
    assert (first.asked, again.asked, len(stub.asked)) == (1, 0, 1)
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_text("{", encoding="utf-8")
    assert again.minutes([A, B], [B, ISLAND], "voiture") == found
    assert again.asked == 1
    again.close()


def test_many_places_are_asked_in_blocks(stub: Stub) -> None:
    places = [Place(id=str(i), latitude=48 + i / 1000, longitude=6.0) for i in range(120)]
    server = Asking(stub)
    found = server.minutes(places, places[:60], "voiture")
    server.close()
    assert (len(found), {len(row) for row in found}) == (120, {60})
    assert server.asked == 6
    assert found[119][0] == 20
    assert all(found[i][i] == 0 for i in range(60))


def test_a_server_that_stumbles_is_asked_again_later_and_later(stub: Stub) -> None:
    stub.stumbles = [503, 500, 429]
    server = Asking(stub)
    assert server.minutes([A], [B], "voiture") == ((34,),)
    server.close()
    assert server.asked == 4
    assert server.waits == [0.5, 1.0, 7.0]


def test_a_server_that_never_answers_is_said_in_french(stub: Stub) -> None:
    stub.stumbles = [503] * 9
    server = Asking(stub)
    with pytest.raises(ServerUnavailable, match="ne répond pas après 6 essais"):
        server.minutes([A], [B], "voiture")
    server.close()
    assert server.waits == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_closed_port_is_said_in_french(stub: Stub) -> None:
    server = RouteServer("http://127.0.0.1:9", "osrm", sleep=lambda _: None)
    with pytest.raises(ServerUnavailable, match="ne répond pas"):
        server.minutes([A], [B], "voiture")
    server.close()


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"{}", b'{"durations": null}', b'{"durations": [[1, 2]]}',
     b'{"durations": []}'],
)  # fmt: skip
def test_a_server_that_answers_something_else_is_said_in_french(stub: Stub, body: bytes) -> None:
    stub.body = body
    server = Asking(stub)
    with pytest.raises(ServerUnavailable, match="serveur"):
        server.minutes([A], [B], "voiture")
    server.close()


def test_a_refused_question_is_not_repeated(stub: Stub) -> None:
    stub.stumbles = [400]
    server = Asking(stub)
    with pytest.raises(ServerUnavailable, match="code 400"):
        server.minutes([A], [B], "voiture")
    server.close()
    assert server.asked == 1


def test_a_mode_that_the_server_does_not_know_is_said_before_asking(stub: Stub) -> None:
    server = Asking(stub)
    with pytest.raises(ServerUnavailable, match="ne calcule pas le mode « tc »"):
        server.minutes([A], [B], "tc")
    assert stub.asked == []


def test_a_table_of_journeys_is_read_in_minutes_or_seconds(
    tmp_path: Path, scenario: Scenario
) -> None:
    file = tmp_path / "trajets.csv"
    file.write_text(
        "origine;destination;mode;minutes;secondes\n"
        "a;b;car;12,5;\n"
        "b;a;;;600\n"
        "a;b;voiture;13;\n"
        "a;nulle-part;voiture;13;\n"
        "a;ile;fusée;1;\n"
        "a;ile;voiture;;\n"
        "a;ile;voiture;9999;\n",
        encoding="utf-8",
    )
    made = imported(Request(source="trajets", scenario=scenario, file=file, mode="pied"))
    assert made.tables["trajets"] == [
        Journey(origin="a", destination="b", mode="voiture", minutes=13),
        Journey(origin="b", destination="a", mode="pied", minutes=10),
    ]
    why = {v.line: v.why for v in made.verdicts}
    assert why[2] == "arrondi à la minute supérieure"
    assert why[4] == "trajet déjà dit ligne 2"
    assert "lieu absent" in why[5]
    assert "fusée" in why[6]
    assert "durée absente" in why[7]
    assert "durée impossible" in why[8]
