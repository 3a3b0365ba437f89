"""The address directory: the same in every demo billing, whatever the seed, so that ids are shared
(addresses.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from flask_bgbilling.emulator import schema
from flask_bgbilling.emulator.demo.rows import Rows

DIRECTORY_SEED = 450_000
CITIES = (
    ("Уфа", "4500", ("Ленинский", "Кировский", "Октябрьский", "Дёмский")),
    ("Стерлитамак", "4531", ("Центральный", "Северный")),
    ("Салават", "4532", ("Старый город", "Новый город")),
    ("Нефтекамск", "4526", ()),
)
STREETS = (
    (
        "ул. Ленина",
        "ул. Карла Маркса",
        "ул. Пушкина",
        "ул. Гоголя",
        "пр-т Октября",
        "ул. Королёва",
        "ул. Мира",
        "ул. Заки Валиди",
        "ул. Цюрупы",
        "ул. Чернышевского",
        "ул. Менделеева",
        "ул. Рихарда Зорге",
        "ул. Айская",
        "ул. Степана Кувыкина",
        "ул. Бакалинская",
        "б-р Ибрагимова",
        "ул. Первомайская",
        "ул. Кольцевая",
        "ул. Ульяновых",
        "ул. Правды",
        "ул. Левитана",
        "пер. Зелёный",
        "ул. 50 лет СССР",
        "ул. Ёлочная",
    ),
    (
        "ул. Худайбердина",
        "пр-т Ленина",
        "пр-т Октября",
        "ул. Артёма",
        "ул. Коммунистическая",
        "ул. Мира",
        "ул. Блюхера",
        "ул. Сакко и Ванцетти",
        "ул. 7 Ноября",
        "ул. Гоголя",
        "ул. Шафиева",
        "ул. Имая Насыри",
        "ул. Дружбы",
        "пер. Школьный",
    ),
    (
        "ул. Ленина",
        "ул. Калинина",
        "б-р Космонавтов",
        "ул. Островского",
        "ул. Уфимская",
        "ул. Губкина",
        "б-р Салавата Юлаева",
        "ул. Ленинградская",
        "ул. Октябрьская",
        "ул. Гагарина",
        "ул. Строителей",
    ),
    (
        "ул. Ленина",
        "ул. Социалистическая",
        "пр-т Юбилейный",
        "ул. Парковая",
        "ул. Строителей",
        "ул. Победы",
        "ул. Дорожная",
        "ул. Нефтяников",
        "ул. Карла Маркса",
        "ул. Городская",
        "пер. Берёзовый",
    ),
)
QUARTERS = ("Сипайлово", "Инорс", "Черниковка", "Затон", "Центр", "Михайловка", "23-й квартал", "мкр. Маршал Жуков")
FRACTIONS = ("/1", "/2", "/3", "А", "Б", "к1", "к2", " к 3", "/1а", "лит. В")
TEMPLATE = (
    "(${index}, )(г. ${city})(, ${street})(, д. ${house})(${frac})(, кв. ${flat})(, ком. ${room})(, ${pod} под.)"
    "(, ${floor} эт.)"
)
"""The billing's own format of an address, stored in ``setup`` under ``addrs.format`` (addresses.md 8)."""


@dataclass(frozen=True, slots=True)
class House:
    """A house with everything that an address text needs."""

    id: int
    city: str
    street: str
    number: int
    fraction: str
    index: str
    flats: int

    def text(self, flat: str = "", room: str = "", entrance: int | None = None, floor: int | None = None) -> str:
        """The ready text of an address in this house, in the billing's format."""
        parts = [
            f"{self.index}, " if self.index else "",
            f"г. {self.city}, {self.street}, ",
            f"д. {self.number or ''}{self.fraction}",
            f", кв. {flat}" if flat else "",
            f", ком. {room}" if room else "",
            f", {entrance} под." if entrance else "",
            f", {floor} эт." if floor else "",
        ]
        return "".join(parts)


def add_addresses(rows: Rows) -> list[House]:
    """Writes the directory; returns its houses."""
    random = Random(DIRECTORY_SEED)
    rows.add(schema.address_country, id=1, title="Россия")
    rows.add(schema.work_group, id=1, title="Монтажники, север")
    rows.add(schema.work_group, id=2, title="Монтажники, юг")
    houses: list[House] = []
    areas: dict[int, list[int]] = {}
    for city_id, (city, _, area_titles) in enumerate(CITIES, start=1):
        rows.add(schema.address_city, id=city_id, country_id=1, title=city, pos=city_id)
        areas[city_id] = [rows.new(schema.address_area, title=title, cityid=city_id) for title in area_titles]
        rows.add(schema.address_config, table_id="address_city", record_id=city_id, key="region", value="Башкортостан")
    quarters = {city_id: [0] for city_id in areas}
    for number, title in enumerate(QUARTERS):
        quarters[1].append(rows.new(schema.address_quarter, title=title, gid=number % 2 + 1, cityid=1))
    quarters[2].append(rows.new(schema.address_quarter, title="Западный", gid=2, cityid=2))
    for city_id, (city, index, _) in enumerate(CITIES, start=1):
        for title in STREETS[city_id - 1]:
            street_id = rows.new(schema.address_street, title=title, p_index="", cityid=city_id)
            post = f"{index}{random.randint(1, 99):02}"
            for number, fraction in _numbers(random):
                flats = random.choice((0, 12, 40, 60, 80, 120, 180))
                house_id = rows.new(
                    schema.address_house,
                    streetid=street_id,
                    house=number,
                    frac=fraction,
                    amount=flats,
                    comment="частный дом" if flats == 0 else "",
                    areaid=random.choice(areas[city_id]) if areas[city_id] else 0,
                    quarterid=random.choice(quarters[city_id]),
                    box_index=post,
                    dt=date(2015, 1, 1),
                    pod_diapazon="",
                    pod="",
                )
                houses.append(House(house_id, city, title, number, fraction, post, flats))
    return houses


def _numbers(random: Random) -> list[tuple[int, str]]:
    """House numbers of one street with their fractions, about 25."""
    found: list[tuple[int, str]] = []
    number = random.randint(1, 4)
    for _ in range(random.randint(16, 24)):
        found.append((number, ""))
        if random.random() < 0.3:
            found.extend((number, fraction) for fraction in random.sample(FRACTIONS, random.randint(1, 2)))
        number += random.choice((1, 1, 2, 2, 3, 4))
    if random.random() < 0.1:
        found.append((0, "Б/Н"))
    return found
