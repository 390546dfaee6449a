from services.console.domain.attempts import AttemptGate, AttemptLimits

LIMITS = AttemptLimits(window_seconds=60, per_account_and_address=3, per_account=5, per_address=8)


def fail(gate: AttemptGate, account: str, address: str, *, times: int, now: int = 0) -> None:
    for _ in range(times):
        gate.record_failure(account, address, now)


def test_the_gate_closes_after_the_allowed_failures_of_one_account_from_one_address() -> None:
    gate = AttemptGate(LIMITS)
    fail(gate, "admin", "10.0.0.1", times=2)
    assert gate.seconds_until_open("admin", "10.0.0.1", 1) == 0
    fail(gate, "admin", "10.0.0.1", times=1)
    assert gate.seconds_until_open("admin", "10.0.0.1", 1) == 59


def test_others_pass_while_one_is_shut_out() -> None:
    gate = AttemptGate(LIMITS)
    fail(gate, "admin", "10.0.0.1", times=3)
    assert gate.seconds_until_open("admin", "10.0.0.2", 1) == 0
    assert gate.seconds_until_open("auditor", "10.0.0.1", 1) == 0


def test_an_account_closes_to_all_addresses_when_many_guess_it() -> None:
    gate = AttemptGate(LIMITS)
    for host in range(5):
        gate.record_failure("admin", f"10.0.0.{host}", 0)
    assert gate.seconds_until_open("admin", "10.9.9.9", 1) > 0


def test_an_address_closes_when_it_tries_many_accounts() -> None:
    gate = AttemptGate(LIMITS)
    for number in range(8):
        gate.record_failure(f"user-{number}", "10.0.0.1", 0)
    assert gate.seconds_until_open("somebody-new", "10.0.0.1", 1) > 0


def test_the_gate_opens_when_the_window_has_passed() -> None:
    gate = AttemptGate(LIMITS)
    fail(gate, "admin", "10.0.0.1", times=3)
    assert gate.seconds_until_open("admin", "10.0.0.1", 60) == 0


def test_the_right_password_forgives_earlier_slips() -> None:
    gate = AttemptGate(LIMITS)
    fail(gate, "admin", "10.0.0.1", times=2)
    gate.forget("admin", "10.0.0.1")
    fail(gate, "admin", "10.0.0.1", times=2)
    assert gate.seconds_until_open("admin", "10.0.0.1", 1) == 0


def test_memory_stays_bounded_however_many_names_are_tried() -> None:
    gate = AttemptGate(LIMITS, max_keys=50)
    for number in range(1000):
        gate.record_failure(f"user-{number}", f"10.0.{number // 250}.{number % 250}", 0)
    assert len(gate._failures) == 50
