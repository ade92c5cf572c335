"""The eleven events of life under which procedures are found, each with its name in both languages and in an address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LifeEvent:
    """One event; `slug` names it in addresses, `vi` is written so in the files of procedures."""

    slug: str
    vi: str
    en: str

    def name(self, language: str) -> str:
        """The name of the event in the language of a page."""
        return self.en if language == "en" else self.vi


LIFE_EVENTS = (
    LifeEvent("co-con-nho", "Có con nhỏ", "Having a child"),
    LifeEvent("hoc-tap", "Học tập", "Education"),
    LifeEvent("viec-lam", "Việc làm", "Work"),
    LifeEvent("cu-tru-giay-to", "Cư trú và giấy tờ tùy thân", "Residence and identity papers"),
    LifeEvent("hon-nhan-gia-dinh", "Hôn nhân và gia đình", "Marriage and family"),
    LifeEvent("dien-nha-dat", "Điện lực, nhà ở, đất đai", "Electricity, housing and land"),
    LifeEvent("suc-khoe", "Sức khỏe và y tế", "Health and medical care"),
    LifeEvent("phuong-tien", "Phương tiện và người lái", "Vehicles and drivers"),
    LifeEvent("huu-tri", "Hưu trí", "Retirement"),
    LifeEvent("nguoi-than-mat", "Người thân qua đời", "A death in the family"),
    LifeEvent("khieu-kien", "Giải quyết khiếu kiện", "Complaints and disputes"),
)
BY_SLUG = {event.slug: event for event in LIFE_EVENTS}
BY_NAME = {event.vi: event for event in LIFE_EVENTS}
