import json
from datetime import date
from pathlib import Path
from pydantic_core import to_jsonable_python
from app import db
from app.sentences import changes as change_words
from app.services import areas as areas_service, comparison, plans
from tests.databases import open_copy
from tests.factories import TODAY

def test_dump(sample_contents):
    with open_copy("sample", "sqlite"), db.read(None) as reader:
        who = areas_service.by_slug(reader, "halton")
        for ref, content in sample_contents.items():
            from uuid import UUID
            found = comparison.compare(reader, who, UUID(content["plan"]["id"]), today=TODAY, as_at=date(2024,6,30), compare=date(2024,4,30))
            found["sentence"] = " ".join([change_words.lead(found), change_words.second(found)])
            Path(f"/tmp/m/{ref.lower()}-plain.json").write_text(json.dumps(content))
            Path(f"/tmp/m/{ref.lower()}.json").write_text(json.dumps({**content, "changes": to_jsonable_python(found), "falls_due": {"until": "2024-08-22", "actions": []}}))
