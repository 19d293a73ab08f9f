"""The account's tables, as Core's statements name them."""

from typing import cast

from sqlalchemy import Table

from portal.models import ApiKey, ApiKeyDay, ApiKeyMinute, ApiKeyMissingScope, ApiKeyOperation, ApiKeySource, ApiKeyToken, Refusal

MODELS = (ApiKeyDay, ApiKeyMinute, ApiKey, ApiKeyToken, ApiKeyOperation, ApiKeyMissingScope, ApiKeySource, Refusal)
DAY, MINUTE, KEY, TOKEN, OPERATION, SCOPE, SOURCE, REFUSAL = (cast(Table, model.__table__) for model in MODELS)
