"""Believable Russian people and firms, drawn from a random source."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SURNAMES = [
    "Иванов",
    "Петров",
    "Сидоров",
    "Кузнецов",
    "Смирнов",
    "Попов",
    "Васильев",
    "Соколов",
    "Михайлов",
    "Новиков",
    "Фёдоров",
    "Морозов",
    "Волков",
    "Алексеев",
    "Лебедев",
    "Семёнов",
    "Егоров",
    "Павлов",
    "Козлов",
    "Степанов",
    "Николаев",
    "Орлов",
    "Андреев",
    "Макаров",
    "Никитин",
    "Захаров",
    "Зайцев",
    "Соловьёв",
    "Борисов",
    "Яковлев",
    "Григорьев",
    "Романов",
    "Воробьёв",
    "Сергеев",
    "Фролов",
    "Александров",
    "Дмитриев",
    "Королёв",
    "Гусев",
    "Киселёв",
    "Ильин",
    "Максимов",
    "Поляков",
    "Сорокин",
    "Виноградов",
    "Ковалёв",
    "Белов",
    "Медведев",
    "Антонов",
    "Тарасов",
    "Жуков",
    "Баранов",
    "Филиппов",
    "Комаров",
    "Давыдов",
    "Беляев",
    "Герасимов",
    "Богданов",
    "Осипов",
    "Сидоренков",
    "Матвеев",
    "Титов",
    "Марков",
    "Миронов",
    "Крылов",
    "Куликов",
    "Карпов",
    "Власов",
    "Мельников",
    "Денисов",
    "Гаврилов",
    "Тихонов",
    "Казаков",
    "Афанасьев",
    "Данилов",
    "Савельев",
    "Тимофеев",
    "Фомин",
    "Чернов",
    "Абрамов",
    "Мартынов",
    "Ефимов",
    "Федотов",
    "Щербаков",
    "Назаров",
    "Калинин",
    "Исаев",
    "Чернышёв",
    "Быков",
    "Маслов",
    "Родионов",
    "Коновалов",
    "Лазарев",
    "Воронин",
    "Климов",
    "Филатов",
    "Пономарёв",
    "Голубев",
    "Кудрявцев",
    "Прохоров",
    "Наумов",
    "Потапов",
    "Журавлёв",
    "Овчинников",
    "Трофимов",
    "Леонов",
    "Соболев",
    "Ермаков",
    "Колесников",
    "Гончаров",
]
MALE_NAMES = [
    "Александр",
    "Сергей",
    "Дмитрий",
    "Андрей",
    "Алексей",
    "Максим",
    "Евгений",
    "Иван",
    "Михаил",
    "Артём",
    "Николай",
    "Владимир",
    "Игорь",
    "Олег",
    "Павел",
    "Роман",
    "Виктор",
    "Константин",
    "Денис",
    "Антон",
    "Юрий",
    "Илья",
    "Кирилл",
    "Григорий",
    "Пётр",
    "Фёдор",
    "Семён",
    "Тимур",
    "Ринат",
    "Марат",
]
FEMALE_NAMES = [
    "Анна",
    "Елена",
    "Ольга",
    "Наталья",
    "Екатерина",
    "Татьяна",
    "Мария",
    "Светлана",
    "Ирина",
    "Юлия",
    "Марина",
    "Людмила",
    "Галина",
    "Виктория",
    "Алёна",
    "Дарья",
    "Ксения",
    "Полина",
    "Вера",
    "Надежда",
    "Любовь",
    "Валентина",
    "Алина",
    "Гульнара",
    "Лилия",
    "Софья",
    "Зинаида",
    "Алла",
]
PATRONYMIC_ROOTS = [
    "Александров",
    "Сергеев",
    "Дмитриев",
    "Андреев",
    "Алексеев",
    "Иванов",
    "Николаев",
    "Владимиров",
    "Викторов",
    "Юрьев",
    "Петров",
    "Павлов",
    "Олегов",
    "Игорев",
    "Михайлов",
    "Васильев",
    "Анатольев",
    "Борисов",
    "Геннадьев",
    "Фёдоров",
    "Семёнов",
    "Артёмов",
    "Романов",
    "Ильдаров",
]
FIRM_FORMS = ("ООО", "ООО", "ООО", "АО", "ПАО")
FIRM_NAMES = [
    "Вектор",
    "Горизонт",
    "Прогресс",
    "Заря",
    "Спектр",
    "Меркурий",
    "Атлант",
    "Урал-Сервис",
    "Башторг",
    "Авангард",
    "Импульс",
    "Магнитка",
    "Стройград",
    "Терминал",
    "Агроснаб",
    "Медлайн",
    "Лесоторг",
    "Фортуна",
    "Каскад",
    "Эталон",
    "Орион",
    "Сфера",
    "Ритм",
    "Дельта",
    "Гарант",
    "Простор",
    "Альянс",
    "Ёлочка",
    "Ёрмак",
    "Столица",
    "Причал",
    "Заречье",
    "Кристалл",
    "Уралпромтех",
    "Нефтехимремонт",
    "Теплосеть",
]
MAIL_HOSTS = ("mail.example.ru", "post.example.ru", "inbox.example.com", "pochta.example.ru")
OPERATORS = ("917", "937", "961", "987", "903", "919", "927", "916")

LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "_",
            "y",
            "_",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person with the parts of the name."""

    surname: str
    name: str
    patronymic: str
    female: bool

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic."""
        return f"{self.surname} {self.name} {self.patronymic}"

    @property
    def short_name(self) -> str:
        """Surname and initials."""
        return f"{self.surname} {self.name[0]}. {self.patronymic[0]}."


def person(random: Random) -> Person:
    """Some person."""
    female = random.random() < 0.5
    surname = random.choice(SURNAMES)
    root = random.choice(PATRONYMIC_ROOTS)
    if not female:
        return Person(surname, random.choice(MALE_NAMES), f"{root}ич", False)
    return Person(f"{surname}а", random.choice(FEMALE_NAMES), f"{root}на", True)


def firm(random: Random) -> str:
    """The name of some firm; one in eight is an entrepreneur."""
    if random.random() < 0.125:
        owner = person(random)
        return f"ИП {owner.short_name}"
    name = random.choice(FIRM_NAMES)
    if random.random() < 0.3:
        name = f"{name}-{random.choice(('М', 'Плюс', 'Уфа', 'Юг', '2000', 'Трейд'))}"
    return f"{random.choice(FIRM_FORMS)} «{name}»"


def latin(text: str) -> str:
    """A word in Latin letters, as people spell their names in e-mail addresses."""
    written = "".join(LATIN.get(letter, letter) for letter in text.lower())
    return "".join(letter for letter in written if letter.isascii() and letter.isalnum())


def mail_address(who: Person, random: Random) -> str:
    """An e-mail address made of a name."""
    return f"{latin(who.name)[0]}.{latin(who.surname)}{random.randint(1, 99)}@{random.choice(MAIL_HOSTS)}"


def mobile(random: Random) -> str:
    """A mobile number: 11 digits beginning with 7."""
    return f"7{random.choice(OPERATORS)}{random.randint(0, 9_999_999):07}"
