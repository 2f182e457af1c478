"""Every room's tables on one metadata, for migrations and for tests that compare the two.

Importing a room's ``models`` declares its tables; a new room with tables gets its line here.
"""

from typing import Final

from sqlalchemy import MetaData

import villagehub.accounts.models
import villagehub.cases.models
import villagehub.disclosures.check_models
import villagehub.disclosures.hiding_models
import villagehub.disclosures.models
import villagehub.disclosures.receipt_models
import villagehub.disclosures.redaction_models
import villagehub.disclosures.review_models
import villagehub.disclosures.trace_models
import villagehub.holidays.models
import villagehub.journal.models
import villagehub.labels.models
import villagehub.ledgers.models
import villagehub.ops.models
import villagehub.places.models
import villagehub.profiles.models
import villagehub.public.models
import villagehub.questions.models
import villagehub.storage.tables
import villagehub.supervision.models
import villagehub.transparency.models  # noqa: F401
from villagehub.storage.base import Base

metadata: Final[MetaData] = Base.metadata
"""All tables."""
