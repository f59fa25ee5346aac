"""Settings of the machine: what is accepted, and what is said about what is not. No secret is repeated."""

from pathlib import Path

import pytest

from bpa_resources.environment import (
    LanguageModelSettings,
    Nightly,
    alert_mail,
    alert_webhook,
    dagster_folder,
    language_model,
    ledger_url,
    nightly,
    postgres_url,
    reports_address,
    ui_address,
)
from bpa_resources.errors import InputError

_NAMES = ("BPA_NIGHTLY", "BPA_POSTGRES_URL", "BPA_LEDGER_URL", "BPA_ALERT_WEBHOOK", "BPA_ALERT_MAIL_TO",
          "BPA_ALERT_MAIL_FROM",
          "BPA_SMTP_HOST", "BPA_SMTP_PORT", "BPA_SMTP_USER", "BPA_SMTP_PASSWORD", "BPA_SMTP_SECURITY",
          "BPA_UI_URL", "BPA_REPORTS_URL")  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)


def test_without_settings_nothing_leaves_the_machine(tmp_path: Path) -> None:
    assert (alert_webhook(), alert_mail(), postgres_url(), ui_address()) == (None, None, None, None)
    assert ledger_url() is None
    assert dagster_folder(tmp_path) == tmp_path / "dagster"
    assert nightly() == Nightly("0 2 * * *", "UTC")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("02:30 Europe/Amsterdam", Nightly("30 2 * * *", "Europe/Amsterdam")),
        ("23:05", Nightly("5 23 * * *", "UTC")),
        (" 0:00 ", Nightly("0 0 * * *", "UTC")),
        ("off", None),
        ("OFF", None),
    ],
)
def test_the_night_has_a_time_and_a_zone(text: str, meant: Nightly | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPA_NIGHTLY", text)
    assert nightly() == meant


@pytest.mark.parametrize("text", ["24:00", "2", "02:30 Amsterdam", "02:30 Europe", "02:30 ../etc", "0 2 * * *", "soon"])
def test_another_night_is_refused_in_one_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPA_NIGHTLY", text)
    with pytest.raises(InputError, match="BPA_NIGHTLY"):
        nightly()


def test_postgres_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for scheme in ("postgresql", "postgres", "postgresql+psycopg2"):
        monkeypatch.setenv("BPA_POSTGRES_URL", f"{scheme}://bpa:secret@db:5432/dagster")
        assert postgres_url() == "postgresql+psycopg2://bpa:secret@db:5432/dagster"
    assert dagster_folder(tmp_path) == tmp_path / "dagster-postgres"


@pytest.mark.parametrize("url", ["mysql://u:secret@db/x", "db:secret", "postgresql://u:secret@db", "sqlite:///secret"])
def test_another_database_is_refused_without_its_password(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, read in (("BPA_POSTGRES_URL", postgres_url), ("BPA_LEDGER_URL", ledger_url)):
        monkeypatch.setenv(name, url)
        with pytest.raises(InputError, match=name) as refused:
            read()
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["hooks.example.org/secret", "ftp://hooks/secret", "https:///secret"])
def test_a_webhook_that_is_no_web_address_is_refused_without_repeating_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_ALERT_WEBHOOK", url)
    with pytest.raises(InputError, match="BPA_ALERT_WEBHOOK") as refused:
        alert_webhook()
    assert "secret" not in str(refused.value)


def test_mail_is_encrypted_unless_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPA_ALERT_MAIL_TO", "ann@example.org, bob@example.org")
    monkeypatch.setenv("BPA_SMTP_HOST", "mail")
    settings = alert_mail()
    assert settings is not None
    assert settings.to == ("ann@example.org", "bob@example.org")
    assert (settings.security, settings.port, settings.sender) == ("starttls", 587, "ann@example.org")
    monkeypatch.setenv("BPA_SMTP_SECURITY", "ssl")
    ssl = alert_mail()
    assert ssl is not None
    assert ssl.port == 465


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"BPA_SMTP_HOST": ""}, "BPA_SMTP_HOST"),
        ({"BPA_SMTP_PORT": "many"}, "BPA_SMTP_PORT"),
        ({"BPA_SMTP_PORT": "70000"}, "BPA_SMTP_PORT"),
        ({"BPA_SMTP_SECURITY": "maybe"}, "BPA_SMTP_SECURITY"),
        ({"BPA_SMTP_SECURITY": "none", "BPA_SMTP_PASSWORD": "secret"}, "BPA_SMTP_PASSWORD"),
        ({"BPA_ALERT_MAIL_TO": "nobody"}, "BPA_ALERT_MAIL_TO"),
    ],
)
def test_mail_settings_that_do_not_go_are_named(
    settings: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_ALERT_MAIL_TO", "ann@example.org")
    monkeypatch.setenv("BPA_SMTP_HOST", "mail")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=named) as refused:
        alert_mail()
    assert "secret" not in str(refused.value)


def test_reports_are_where_bpa_dev_serves_them_unless_it_is_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reports_address() == "http://127.0.0.1:3001"
    monkeypatch.setenv("BPA_REPORTS_URL", " https://reports.example/bpa/ ")
    assert reports_address() == "https://reports.example/bpa"


def language_model_settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> LanguageModelSettings | None:
    for name in ("URL", "MODEL", "KEY", "SECONDS", "TOKENS", "PRICE"):
        monkeypatch.delenv(f"BPA_LLM_{name}", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(f"BPA_LLM_{name}", value)
    return language_model()


def test_no_language_model_is_asked_unless_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert language_model_settings(monkeypatch) is None
    assert language_model_settings(monkeypatch, KEY="secret", SECONDS="3") is None


def test_a_language_model_has_its_budget_and_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = language_model_settings(monkeypatch, URL="http://models.example:8000/v1/", MODEL="small")
    assert settings == LanguageModelSettings("http://models.example:8000/v1", "small", "", 60, 20_000, None)
    settings = language_model_settings(
        monkeypatch, URL="https://a.example/v1", MODEL="s", KEY="secret", SECONDS="2.5", TOKENS="500", PRICE="0.5 / 10"
    )
    assert settings is not None
    assert (settings.seconds, settings.tokens, settings.prices) == (2.5, 500, (0.5, 10.0))
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"MODEL": ""}, "BPA_LLM_MODEL must be set"),
        ({"URL": ""}, "BPA_LLM_URL must be set"),
        ({"URL": "models.example/v1"}, "BPA_LLM_URL is no web address"),
        ({"URL": "file:///etc/passwd"}, "BPA_LLM_URL is no web address"),
        ({"URL": "http://[::1/v1"}, "BPA_LLM_URL is no web address"),
        ({"URL": "http://host:port/v1"}, "BPA_LLM_URL is no web address"),
        ({"URL": "https://me:secret@models.example/v1"}, "BPA_LLM_URL may hold no user"),
        ({"URL": "https://models.example/v1?key=secret"}, "BPA_LLM_URL may hold no user"),
        ({"URL": "http://models.example/v1", "KEY": "secret"}, "sent in the clear"),
        ({"KEY": "sec\nret"}, "BPA_LLM_KEY holds a sign"),
        ({"SECONDS": "-1"}, "BPA_LLM_SECONDS is '-1'; write a number from 1 to 3600"),
        ({"SECONDS": "nan"}, "BPA_LLM_SECONDS"),
        ({"TOKENS": "1e9"}, "BPA_LLM_TOKENS is '1e9'; write a number from 100 to 10000000"),
        ({"PRICE": "5"}, "BPA_LLM_PRICE is '5'"),
    ],
)
def test_senseless_settings_of_a_language_model_are_refused_without_their_secrets(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], why: str
) -> None:
    given = {"URL": "https://models.example/v1", "MODEL": "small", **values}
    with pytest.raises(InputError) as caught:
        language_model_settings(monkeypatch, **given)
    assert why in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_key_may_go_in_the_clear_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = language_model_settings(monkeypatch, URL="http://127.0.0.1:11434/v1", MODEL="small", KEY="secret")
    assert settings is not None
    assert settings.key == "secret"
