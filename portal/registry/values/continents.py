"""Country → PeeringDB's region, which it calls a continent."""

from portal.registry.choices import Continent
from portal.registry.values.countries import COUNTRY_CODES

CODES: dict[Continent, str] = {
    Continent.NORTH_AMERICA: """
        AG AI AW BB BL BM BS BZ CA CR CU DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV TC US VC VG VI
    """,
    Continent.SOUTH_AMERICA: """
        AR BO BQ BR BV CL CO CW EC FK GF GS GY PE PY SR SX TT UY VE
    """,
    Continent.EUROPE: """
        AD AL AM AT AX AZ BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GE GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC
        MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM TR UA VA
    """,
    Continent.MIDDLE_EAST: """
        AE BH IL IQ IR JO KW LB OM PS QA SA SY YE
    """,
    Continent.AFRICA: """
        AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE
        NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW
    """,
    Continent.AUSTRALIA: """
        AU CC CX HM NF NZ
    """,
}
CONTINENT_OF = {country: continent.value for continent, countries in CODES.items() for country in countries.split()}
CONTINENTS = {"": "", "AQ": ""} | {code: CONTINENT_OF.get(code, Continent.ASIA_PACIFIC.value) for code in COUNTRY_CODES - {"AQ"}}
