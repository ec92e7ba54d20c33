"""Who is in the demo: accounts everybody may sign in to, and names of buyers. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass

from easyticket.models import UserType

# Public on purpose; production refuses to load the demo.
PASSWORD = "Demo-password-1"  # noqa: S105


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """An account of the demo with a verified address."""

    email: str
    first_name: str
    last_name: str
    username: str
    city: str
    country: str
    bio: str = ""
    user_type: UserType = UserType.CONSUMER


ORGANIZER = AccountPlan(
    "organizer@easyticket.example",
    "Efua",
    "Asante-Hall",
    "lanternhouse",
    "Accra",
    "Ghana",
    "Lantern House puts on concerts, markets and conferences in four cities, from twelve people to two thousand.",
    UserType.ORGANIZER,
)
SECOND_ORGANIZER = AccountPlan(
    "hinterhof@easyticket.example",
    "Jonas",
    "Brandt",
    "hinterhof12",
    "Berlin",
    "Germany",
    "What happens in our courtyards and in the rooms of friends nearby.",
    UserType.ORGANIZER,
)
ATTENDEE = AccountPlan("attendee@easyticket.example", "Kwame", "Darko", "kwamed", "Accra", "Ghana")
# Made last: while it is missing, the demo is not complete.
ADMIN = AccountPlan("admin@easyticket.example", "Adwoa", "Quaye", "admin", "Accra", "Ghana")
BUYERS_WITH_ACCOUNT = (
    AccountPlan("zainab.bello@mail.example", "Zainab", "Bello", "zainabb", "Lagos", "Nigeria"),
    AccountPlan("yaw.frimpong@mail.example", "Yaw", "Frimpong", "yawf", "Kumasi", "Ghana"),
    AccountPlan("lena.vogt@mail.example", "Lena", "Vogt", "lenav", "Berlin", "Germany"),
)

_GUESTS = {
    "Accra": "Abena Ofori, Kojo Tetteh, Naa Dedei Lamptey, Selorm Agbeko, Akosua Boadu, Nii Ayi Sowah, Esi Aidoo, "
    "Kwabena Addo, Mawuli Kpodo, Adjoa Essien, Ebo Quansah, Dzifa Gavor",
    "Kumasi": "Afia Serwaa Pokuaa, Osei Bonsu Kuffour, Yaa Konadu, Kofi Agyapong, Ama Nyarko, Akwasi Antwi",
    "Lagos": "Tolani Adeyemi, Chinonso Eze, Bukola Salami, Ifeanyi Nwosu, Ngozi Okeke, Segun Adebayo, Halima Danjuma, "
    "Ọmọ́tọ́lá Ògúnbàdéjọ, Uche Obi, Ronke Ajayi",
    "New York": "Maya Feldman, Darnell Price, Sofia Marchetti, Wei Zhang, Hannah O'Leary, Luis Cabrera, Priya Raman, "
    "Tamika Rhodes, Aaron Stein",
    "Berlin": "Jürgen Weißmann, Clara Sommerfeld, Mehmet Yıldız, Anneke de Boer, Paul Köhler, Agnieszka Zielińska, "
    "Farid Haddad, Ida Lindqvist",
}


def guests_of(city: str) -> tuple[str, ...]:
    """Return the names of people who buy in a city without an account."""
    return tuple(_GUESTS[city].split(", "))
