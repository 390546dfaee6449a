from pathlib import Path

import pytest
from pydantic import ValidationError

from services.console.db.park_files import ParkFile, read_park_names
from shared.kernel.regions import covers
from shared.settings import ServiceSettings

ROOT = ServiceSettings().jurisdictions_dir


def test_each_demo_jurisdiction_has_the_park_of_its_committee() -> None:
    names = read_park_names(ROOT)
    assert {f"{code}-park-1" for code in ("530900", "530400", "371300", "533100", "620723")} <= set(names)
    assert names["530900-park-1"] == "临沧高新区"


def test_a_park_lies_in_its_jurisdiction() -> None:
    import yaml

    for file in ROOT.glob("[0-9]*/parks.yaml"):
        read = ParkFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
        assert all(covers(read.jurisdiction, park.region_code) for park in read.parks), file


def test_a_misspelt_entry_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "530900-x"
    folder.mkdir()
    (folder / "parks.yaml").write_text('jurisdiction: "530900"\nparks:\n  - {code: 530900-park-1, nam: x}\n')
    with pytest.raises(ValidationError, match="nam"):
        read_park_names(tmp_path)
