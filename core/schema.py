"""Every table of the product in one place, for migrations and for the checks that read them."""

from core.audit import models as audit
from core.billing import models as billing
from core.catalog import models as catalog
from core.channels import models as channels
from core.conversations import models as conversations
from core.customers import models as customers
from core.decision import models as decision
from core.delivery import models as delivery
from core.escalations import models as escalations
from core.events import models as events
from core.flags import models as flags
from core.identity import models as identity
from core.imports import models as imports
from core.kernel.tables import Row
from core.knowledge import models as knowledge
from core.notifications import models as notifications
from core.pricing import models as pricing
from core.replay import models as replay
from core.suggestions import models as suggestions
from core.tenants import models as tenants
from core.training import models as training

ROOMS = (
    audit, billing, catalog, channels, conversations, customers, decision, delivery, escalations,
    events, flags, identity, imports, knowledge, notifications, pricing, replay, suggestions,
    tenants,
    training,
)  # fmt: skip
metadata = Row.metadata
