"""Cameras that ask for a password: by every scheme, of any signs, sent on, never shown."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.camera.serving import Guarded, guarded, plays, said

BASIC = 'Basic realm="cam"'
MD5 = 'Digest realm="cam", nonce="NONCE", qop="auth", algorithm=MD5'
SHA = 'Digest realm="cam", nonce="NONCE", qop="auth,auth-int", algorithm=SHA-256'


@pytest.mark.parametrize(
    "challenges",
    [
        [BASIC],
        [MD5],
        [SHA],
        [SHA, MD5],
        [MD5, SHA, BASIC],
        [BASIC, SHA],
        ["Negotiate", BASIC],
        [BASIC, "NTLM", "Negotiate"],
        ["Bearer", "Negotiate abc=", SHA],
        [f"{SHA}, {BASIC}"],
        [f"Negotiate, {MD5}"],
        ['Digest realm="cam", nonce="NONCE"'],
        ['Digest realm="cam", nonce="NONCE", algorithm="MD5"'],
        ['digest REALM="cam",Nonce="NONCE",QOP=auth,Algorithm=md5'],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-256-sess'],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=SHA-512-256'],
        ['Digest realm="a, \\"b\\" camera", nonce="NONCE", qop="auth"'.replace('\\"b\\"', "b")],
        ['Digest realm="cam", nonce="NONCE", qop="auth", algorithm=TURBO-9', BASIC],
        ['Digest realm="cam", nonce="NONCE", opaque="x=", domain="/", stale=FALSE, qop="auth"'],
        ["basic"],
    ],
)
def test_a_scheme_that_is_known_is_used_wherever_it_stands(challenges: list[str]) -> None:
    camera = Guarded(challenges)
    with guarded(camera) as host:
        assert plays(f"http://ann:s%3Acret@{host}/video?key=1")
        line = said(f"http://ann:wrongcret@{host}/video")
        assert "user or password is wrong (HTTP 401)" in line
        assert "user and password are missing" in said(f"http://{host}/video")


@pytest.mark.parametrize(
    ("challenges", "named"),
    [
        (["Negotiate", "NTLM"], "Negotiate, NTLM"),
        (['Digest realm="cam", nonce="NONCE", algorithm=TURBO-9'], "Digest with TURBO-9"),
        (['Digest realm="cam", nonce="NONCE", qop="auth-int"'], "Digest with qop auth-int"),
        (["Bearer realm=x"], "Bearer"),
        (["\x1b[31mred"], "�[31mred"),
        ([""], "none"),
    ],
)
def test_a_scheme_that_is_not_known_is_named(challenges: list[str], named: str) -> None:
    with guarded(Guarded(challenges)) as host:
        line = said(f"http://ann:s%3Acret@{host}/video")
    assert f"asks for a password by {named}; facelab knows Basic and Digest" in line


def test_a_nonce_that_is_too_old_is_renewed() -> None:
    with guarded(Guarded([MD5], stale=1)) as host:
        assert plays(f"http://ann:s%3Acret@{host}/video")


@pytest.mark.parametrize("challenge", [BASIC, MD5, SHA])
def test_a_camera_sends_on_to_where_the_password_is_asked_for(challenge: str) -> None:
    moved = {"/": "/live/one", "/live/one": "../stream?size=1"}
    camera = Guarded([challenge], moved=moved)
    with guarded(camera) as host:
        assert plays(f"http://ann:s%3Acret@{host}/")
    assert camera.asked[-1] == ("/stream?size=1", challenge.split()[0])


def test_a_password_is_not_sent_to_another_host() -> None:
    other = Guarded([BASIC])
    with guarded(other) as elsewhere:
        first = Guarded([BASIC], moved={"/video": f"http://{elsewhere}/video"})
        with guarded(first) as host:
            line = said(f"http://ann:s%3Acret@{host}/video")
            assert f"sends on to http://{elsewhere}/…, which asks for a password" in line
    assert {scheme for _, scheme in other.asked} == {""}


@pytest.mark.parametrize("password", ["pä ss", "100%", "a%zz", "p@ss", "p:a", "€", "a+b", "%41"])
@pytest.mark.parametrize("challenge", [BASIC, MD5])
def test_odd_passwords(password: str, challenge: str) -> None:
    with guarded(Guarded([challenge], user="ann maría", password=password)) as host:
        written = (
            password if "%" not in password or password in ("100%", "a%zz") else quote(password)
        )
        assert plays(f"http://ann maría:{written.replace(':', '%3A')}@{host}/video")
        assert plays(f"http://{quote('ann maría')}:{quote(password, safe='')}@{host}/video")


@pytest.mark.parametrize("sign", ["#", "/", "?"])
def test_signs_of_a_password_that_end_a_host(sign: str) -> None:
    line = said(f"http://ann:se{sign}cret@127.0.0.1/video")
    assert "write %23 %2F %3F %40 for # / ? @ in a user or password" in line
    assert "camera on" not in line
