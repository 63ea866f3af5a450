"""WhatsApp: off, or on with all that it needs."""

from config.documents import ConfigError
from config.settings import Settings
from config.whatsapp_intake import load_intake
from config.whatsapp_templates import load_templates
from scripts.check.finding import Finding, wrong


def whatsapp(settings: Settings) -> list[Finding]:
    """The secrets can be read, and the templates have what the program sends."""
    if not settings.whatsapp.enabled:
        return [Finding("whatsapp", "off", key="whatsapp_off")]
    try:
        settings.whatsapp_token()
        settings.whatsapp_app_secret()
        settings.whatsapp_verify_token()
        found = load_templates(settings.whatsapp.templates)
        load_intake(settings.whatsapp.intake)
    except ConfigError as error:
        return wrong("whatsapp", error)
    values = {"count": str(len(found))}
    return [Finding("whatsapp", f"on, {len(found)} templates", key="whatsapp_on", values=values)]
