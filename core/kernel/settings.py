"""The one place that reads the environment.

`load()` gives frozen settings or one line that names the variable and what it takes.
"""

import base64
import difflib
import logging
import os
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.sources import DotEnvSettingsSource, EnvSettingsSource

from core.kernel.master_key import keep_master_key
from core.kernel.variables import (
    SWITCH_TAKES,
    Failpoints,
    Lower,
    MasterKey,
    ModelPrices,
    Port,
    Postgres,
    Redis,
    Switch,
    Token,
    Upper,
    Web,
    WebhookSecret,
    WebModel,
    address,
)

log = logging.getLogger(__name__)

ENV_FILE = Path(".env")

FLAG_DEFAULTS: dict[str, bool] = {
    "AI_SUGGESTIONS_ENABLED": True,
    "RAG_ENABLED": True,
    "FEW_SHOT_LEARNING": True,
    "DECISION_ENGINE_ENABLED": False,
    "AI_AUTOSEND_ENABLED": False,
    "HUMAN_DELAY_ENABLED": False,
    "TELEGRAM_CHANNEL_ENABLED": False,
    "WHATSAPP_CHANNEL_ENABLED": False,
    "MAX_CHANNEL_ENABLED": False,
    "TELEGRAM_BUSINESS_CHANNEL_ENABLED": False,
    "WEB_CHAT_CHANNEL_ENABLED": False,
    "TELEGRAM_PERSONAL_CHANNEL_ENABLED": True,
    "WHATSAPP_PERSONAL_CHANNEL_ENABLED": True,
    "MAX_PERSONAL_CHANNEL_ENABLED": True,
}


class SettingsError(Exception):
    """One line for a person: the variable, what it takes, what it got (unless it is a secret)."""


_PORT_TAKES = "a whole number from 1 to 65535"
_WEB_TAKES = "an http:// or https:// address"
_POSTGRES_TAKES = "a postgresql:// address"


class _FlagsSource(PydanticBaseSettingsSource):
    """Gathers the variable of each flag into the one field `flags`."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: Any) -> None:
        super().__init__(settings_cls)
        self._variables: dict[str, str | None] = {}
        for source in reversed(sources):
            if isinstance(source, EnvSettingsSource):
                self._variables.update(source.env_vars)

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        given = {name: self._variables.get(name.lower()) for name in FLAG_DEFAULTS}
        return {"flags": {name: value for name, value in given.items() if value}}


class Settings(BaseSettings):
    """Everything the environment decides. Field `x_y` is the variable `X_Y`; empty means unset.

    The description of a field is what its variable takes; errors quote it.
    Tokens and keys are `SecretStr`; addresses that may carry a password are left out of the repr.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_default=False,
    )

    database_url: Postgres | None = Field(None, description=_POSTGRES_TAKES, repr=False)
    migration_database_url: Postgres | None = Field(None, description=_POSTGRES_TAKES, repr=False)
    redis_url: Redis | None = Field(
        None, description="a redis://, rediss:// or unix:// address", repr=False
    )
    var_dir: Path = Field(Path("var"), description="a folder")

    host: str = Field("127.0.0.1", description="an address to listen on", pattern=r"^[^\s/]+$")
    port: Port = Field(8080, description=_PORT_TAKES)
    public_url: Web | None = Field(None, description=_WEB_TAKES)

    telegram_bot_token: Token | None = Field(None, description="a bot token as BotFather gives it")
    telegram_api_base: Web | None = Field(None, description=_WEB_TAKES)
    telegram_mode: Annotated[Literal["polling", "webhook"], Lower] = Field(
        "polling", description="polling or webhook"
    )
    telegram_webhook_secret: WebhookSecret | None = Field(
        None, description="1 to 256 characters of A-Z, a-z, 0-9, _ and -"
    )
    telegram_api_id: int | None = Field(None, description="a whole number", gt=0)
    telegram_api_hash: Token | None = Field(None, description="the hash from my.telegram.org")

    openai_api_key: Token | None = Field(None, description="a key without spaces")
    openai_base_url: Web | None = Field(None, description=_WEB_TAKES)
    openai_chat_model: str = Field("gpt-4.1", description="the name of a chat model")
    openai_judge_model: str | None = Field(
        None, description="the name of a chat model that checks drafts"
    )
    openai_prices: ModelPrices = Field(
        "", description="model=input/output in dollars for a million tokens, with commas between"
    )
    openai_price_model: WebModel = Field(
        "gpt-4.1", description="the name of a model that searches the web, never gpt-4o-mini"
    )
    search_rerank_model: str | None = Field(
        None, description="the name of a chat model, or nothing"
    )
    openai_embedding_model: str | None = Field(
        None, description="the name of an embedding model, or offline"
    )

    crypto_pay_token: Token | None = Field(None, description="a Crypto Pay token")
    crypto_pay_base_url: Web | None = Field(None, description=_WEB_TAKES)
    whatsapp_graph_base: Web | None = Field(None, description=_WEB_TAKES)
    max_api_base: Web | None = Field(None, description=_WEB_TAKES)
    max_web_url: Web | None = Field(None, description=_WEB_TAKES)
    smtp_url: Annotated[str, address("smtp", "smtps")] | None = Field(
        None, description="an smtp:// or smtps:// address", repr=False
    )

    integration_secrets_master_key: MasterKey | None = Field(
        None, description="base64 of 32 random bytes (openssl rand -base64 32)"
    )
    media_url: Annotated[str, address("s3", "http", "https", "file")] | None = Field(
        None, description="an s3://, https:// or file:// address", repr=False
    )

    sandbox: Switch | None = Field(None, description="0 or 1")
    sandbox_port: Port = Field(8081, description=_PORT_TAKES)

    metrics_token: Token | None = Field(None, description="a secret without spaces")
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="addresses or networks, with commas between, of the proxies before the API",
    )

    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Upper] = Field(
        "INFO", description="DEBUG, INFO, WARNING or ERROR"
    )
    log_format: Annotated[Literal["console", "json"], Lower] = Field(
        "console", description="console or json"
    )

    flags: dict[str, Switch] = Field(default_factory=dict, description=SWITCH_TAKES)

    # For the exams of bench/ alone, against stand-ins: nobody is told of it.
    failpoints: Failpoints | None = Field(
        None, description="point=probability, with commas between"
    )

    _unlisted: ClassVar[frozenset[str]] = frozenset({"flags", "failpoints"})

    @model_validator(mode="after")
    def _belongs_together(self) -> "Settings":
        if unknown := set(self.flags) - set(FLAG_DEFAULTS):
            raise ValueError(f"flags: knows no {', '.join(sorted(unknown))}")
        self.flags.update({**FLAG_DEFAULTS, **self.flags})
        if self.telegram_mode == "webhook":
            for name in ("public_url", "telegram_webhook_secret"):
                if getattr(self, name) is None:
                    raise ValueError(
                        f"{name.upper()}: takes {_takes(name)}, and TELEGRAM_MODE=webhook needs it"
                    )
        if self.failpoints is not None:
            outside = urlsplit(self.telegram_api_base or "").hostname
            if outside not in {"127.0.0.1", "::1", "localhost"}:
                raise ValueError(
                    "FAILPOINTS: kill this process, and are taken only where TELEGRAM_API_BASE"
                    " is a stand-in on this machine"
                )
        if self.migration_database_url and not self.database_url:
            raise ValueError(
                f"DATABASE_URL: takes {_takes('database_url')},"
                " and MIGRATION_DATABASE_URL needs it beside itself"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del file_secret_settings
        flags = _FlagsSource(settings_cls, env_settings, dotenv_settings)
        return init_settings, flags, env_settings, dotenv_settings

    @property
    def sandbox_on(self) -> bool:
        """Whether the sandbox stands in for the outside world."""
        return self.telegram_bot_token is None if self.sandbox is None else self.sandbox

    @property
    def data_dir(self) -> Path:
        """Where this product keeps its data; the sandbox's and the real one never mix."""
        return self.var_dir.absolute() / ("sandbox" if self.sandbox_on else "live")

    @property
    def public_address(self) -> str:
        """How a browser reaches the API, without a slash at the end."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 only compared
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def embedding_model(self) -> str:
        """The embedding model in force; `offline` is the product's own."""
        without_name = "text-embedding-3-small" if self.openai_api_key else "offline"
        return self.openai_embedding_model or without_name

    @property
    def judge_model(self) -> str:
        """The model that checks drafts; the one that writes them unless another is named."""
        return self.openai_judge_model or self.openai_chat_model

    @property
    def master_key(self) -> bytes:
        """The 32 bytes that encrypt the integration secrets."""
        key = self.integration_secrets_master_key
        if key is None:
            raise SettingsError(_line("integration_secrets_master_key"))
        return base64.b64decode(key.get_secret_value())


def variables() -> tuple[str, ...]:
    """Every variable the product knows, the flags' included."""
    fields = (name.upper() for name in Settings.model_fields if name not in Settings._unlisted)  # noqa: SLF001 own module
    return (*fields, *FLAG_DEFAULTS)


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give these very settings to another process, secrets in clear."""
    found: dict[str, str] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if value is None or name in Settings._unlisted:  # noqa: SLF001 own module
            continue
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        elif isinstance(value, bool):
            value = int(value)
        elif isinstance(value, Path):
            value = value.absolute()
        found[name.upper()] = str(value)
    return found | {name: str(int(on)) for name, on in settings.flags.items()}


def load(env_file: Path | None = ENV_FILE) -> Settings:
    """Read the environment and the optional file; raise SettingsError with one line.

    With embedded servers a missing master key is made once and kept beside their data.
    """
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as error:
        raise SettingsError(_first_line(error, env_file)) from None
    for hint in _hints(env_file):
        log.warning(hint)
    if settings.integration_secrets_master_key is not None:
        return settings
    if settings.database_url is not None:
        raise SettingsError(
            f"{_line('integration_secrets_master_key')}, and DATABASE_URL needs it beside itself"
        )
    key = SecretStr(keep_master_key(settings.data_dir / "master.key"))
    return settings.model_copy(update={"integration_secrets_master_key": key})


def _takes(field: str) -> str:
    return Settings.model_fields[field].description or "another value"


def _line(field: str) -> str:
    return f"{field.upper()}: takes {_takes(field)}"


def _first_line(error: ValidationError, env_file: Path | None) -> str:
    fault = error.errors(include_url=False, include_context=False)[0]
    place = fault["loc"]
    if not place:
        return str(fault["msg"]).removeprefix("Value error, ")
    field = str(place[0])
    if field == "flags":
        name = str(place[1])
        return f"{name}: takes {SWITCH_TAKES}, got {_given(name, env_file)!r}"
    info = Settings.model_fields[field]
    hidden = not info.repr or "SecretStr" in str(info.annotation)
    got = "" if hidden else f", got {_given(field.upper(), env_file)!r}"
    return _line(field) + got


def _given(variable: str, env_file: Path | None) -> str | None:
    environment = {name.upper(): value for name, value in os.environ.items() if value}
    return (_file(env_file) | environment).get(variable)


def _file(env_file: Path | None) -> dict[str, str | None]:
    if env_file is None or not env_file.is_file():
        return {}
    found = DotEnvSettingsSource(Settings, env_file=env_file).env_vars
    return {name.upper(): value for name, value in found.items()}


def _hints(env_file: Path | None) -> list[str]:
    """A line for each name in the file that no part of the product reads."""
    known = variables()
    hints = []
    for name in _file(env_file):
        if name in known:
            continue
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
        meant = f"; did you mean {close[0]}?" if close else ""
        hints.append(f"{env_file}: nothing reads {name}{meant}")
    return hints
