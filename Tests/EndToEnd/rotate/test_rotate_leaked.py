"""A secret that others know: no overlap, nobody is asked, and what cannot be revoked is said."""

from __future__ import annotations

from rotating import DAY, Rotator

SINKS = ["file", "vault", "github-repository"]
TOKENS = b"tokens that were issued with the old secret live until they expire"


def test_a_leaked_secret_dies_as_soon_as_every_sink_has_another(rotator: Rotator) -> None:
    """Callbacks are told, not asked."""
    receiver = rotator.rotations.receiver
    receiver.answer("secret.revoking", *[409] * 9)
    callbacks = [receiver.callback() | {"acknowledge": True}]
    rotator.set_up("okta", SINKS, overlap="24h", callbacks=callbacks)
    issuer = rotator.rotations.issuer("okta")
    (old,) = issuer.live
    result = rotator("now", "chat", "--leaked")
    assert (result.status, result.stderr) == (0, b"")
    assert result.stdout.startswith(b"done       chat\n")
    assert TOKENS in result.stdout
    (new,) = issuer.live
    assert new != old
    assert {rotator.rotations.sink(name).value() for name in SINKS} == {new}
    kinds = [notice.kind for notice in receiver.notices]
    assert kinds[-2:] == ["secret.revoking", "secret.revoked"]
    assert issuer.held == 1


def test_a_rotation_under_way_is_cut_short(rotator: Rotator) -> None:
    """The overlap that it waits for ends."""
    rotator.set_up("okta", SINKS, overlap="24h")
    issuer = rotator.rotations.issuer("okta")
    assert rotator.outcome("now", "chat")["outcome"] == "waiting"
    assert len(issuer.live) == 2
    assert rotator.outcome("now", "chat", "--leaked")["outcome"] == "done"
    assert issuer.live == [rotator.rotations.sink("file").value()]


def test_without_a_grace_all_sinks_are_waited_for(rotator: Rotator) -> None:
    """The sink that fails still needs the old secret."""
    rotator.set_up("okta", SINKS, overlap="24h")
    fault = "status=503 retry-after=3600 method=PUT times=forever"
    rotator.world.fault("sink-github-repository", fault)
    issuer = rotator.rotations.issuer("okta")
    outcome = rotator.outcome("now", "chat", "--leaked")
    assert (outcome["outcome"], outcome["exit"]) == ("retrying", 4)
    assert "github-actions" in str(outcome["reason"])
    assert len(issuer.live) == 2
    server = rotator.rotations.sink("github-repository").server
    assert server
    server.faults.clear()
    rotator.pass_time(DAY)
    assert rotator.outcome("run")["outcome"] == "done"
    assert issuer.live == [rotator.rotations.sink("github-repository").value()]


def test_a_grace_names_the_sinks_that_are_left_behind(rotator: Rotator) -> None:
    """Then the old secret dies all the same."""
    rotator.set_up("okta", SINKS, overlap="24h")
    rotator.world.fault("sink-github-repository", "status=503 method=PUT times=forever")
    issuer = rotator.rotations.issuer("okta")
    (old,) = issuer.live
    result = rotator("now", "chat", "--leaked", "--grace", "2s")
    assert result.status == 0
    left = b"without the new secret: github-actions:"
    assert left in result.stdout
    assert TOKENS in result.stdout
    assert old not in issuer.live
    assert rotator.rotations.sink("github-repository").value() == old
    evidence = [row["evidence"] for row in rotator.status()["sinks"]]  # type: ignore[attr-defined]
    assert evidence == ["read back", "version", None]


def test_a_grace_is_for_a_leaked_secret(rotator: Rotator) -> None:
    """And a duration."""
    rotator.set_up("okta", ["file"])
    for arguments in (["--grace", "1h"], ["--leaked", "--grace", "soon"]):
        result = rotator("now", "chat", *arguments)
        assert result.status == 2
        assert b"grace" in result.stderr or b"soon" in result.stderr
    assert len(rotator.rotations.issuer("okta").live) == 1
