"""The venues of the demo. The cities are real, the venues are not."""

from __future__ import annotations

from functools import partial

from easyticket.services.demo.plans import Place

_accra = partial(
    Place,
    city="Accra",
    state="Greater Accra",
    country="Ghana",
    postal_code="",
    zone="Africa/Accra",
    currency="GHS",
)
_kumasi = partial(
    Place,
    city="Kumasi",
    state="Ashanti",
    country="Ghana",
    postal_code="",
    zone="Africa/Accra",
    currency="GHS",
)
_lagos = partial(Place, city="Lagos", state="Lagos", country="Nigeria", zone="Africa/Lagos", currency="NGN")
_new_york = partial(
    Place, city="New York", state="New York", country="United States", zone="America/New_York", currency="USD"
)
_berlin = partial(
    Place, city="Berlin", state="Berlin", country="Germany", zone="Europe/Berlin", currency="EUR"
)

BAOBAB_GARDEN = _accra(
    "Baobab Garden", "14 Seventh Close, Airport West", latitude="5.606900", longitude="-0.186900"
)
HARBOUR_GROUND = _accra(
    "Harbour Ground", "Beach Road, Korle Gonno", latitude="5.533700", longitude="-0.226500"
)
OLD_YARD = _accra("The Old Yard", "3 Lighthouse Lane, James Town", latitude="5.533900", longitude="-0.211200")
LANTERN_SQUARE = _accra("Lantern Square", "Oxford Lane, Osu", latitude="5.556500", longitude="-0.182300")
RIDGE_HALL = _accra(
    "Ridge Hall", "9 Fourth Ridge Link, North Ridge", latitude="5.564800", longitude="-0.195400"
)
SHORE_PARK = _accra("Shore Park", "La Beach Road, Labadi", latitude="5.560600", longitude="-0.146200")

WEAVERS_HOUSE = _kumasi("Weavers' House", "22 Loom Street, Adum", latitude="6.692900", longitude="-1.624400")
CULTURE_COURT = _kumasi("Culture Court", "Bantama High Street", latitude="6.704100", longitude="-1.636300")
LAKE_LODGE = _kumasi(
    "Lakeside Lodge", "Abono road, Lake Bosomtwe", latitude="6.530600", longitude="-1.426900"
)

LAGOON_STAGE = _lagos(
    "Lagoon Stage",
    "5 Jetty Close, Victoria Island",
    postal_code="101241",
    latitude="6.430600",
    longitude="3.421900",
)
YABA_WORKS = _lagos(
    "Yaba Works", "41 Foundry Street, Yaba", postal_code="101212", latitude="6.507900", longitude="3.371400"
)
MARINA_ROOMS = _lagos(
    "Marina Rooms",
    "18 Customs Walk, Lagos Island",
    postal_code="102273",
    latitude="6.452600",
    longitude="3.392100",
)

PIER_NINE = _new_york(
    "Pier Nine Hall",
    "9 Ferry Slip, Brooklyn",
    postal_code="11231",
    latitude="40.685200",
    longitude="-74.014900",
)
LOFT_44 = _new_york(
    "Loft 44", "44 Tannery Street, Queens", postal_code="11101", latitude="40.747800", longitude="-73.941300"
)
PARK_GATE = _new_york(
    "Park Gate Meadow",
    "South entrance, Brooklyn",
    postal_code="11215",
    latitude="40.661600",
    longitude="-73.969900",
)

HINTERHOF = _berlin(
    "Hinterhof 12", "Ofenstraße 12, Wedding", postal_code="13353", latitude="52.543200", longitude="13.355200"
)
ALTE_MOLKEREI = _berlin(
    "Alte Molkerei",
    "Am Milchhof 3, Kreuzberg",
    postal_code="10997",
    latitude="52.499800",
    longitude="13.437900",
)
LICHTSAAL = _berlin(
    "Lichtsaal", "Spulengasse 7, Neukölln", postal_code="12043", latitude="52.481400", longitude="13.433800"
)
