"""What columns are called: the names by which a case, an activity, a time… are known, in the conventions of tools.

Add a convention here: XES keys (as pm4py writes them to CSV), Simod and Prosimos, Disco, Apromore, Minit, Celonis,
UiPath, SAP tables, and plain English, German, Dutch, French, Spanish, Portuguese and Italian. What a column holds is
no matter here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Literal

Role = Literal[
    "case_id", "activity", "start_time", "end_time", "enabled_time", "lifecycle", "instance", "resource", "role"
]
TIMES: tuple[Role, ...] = ("start_time", "end_time", "enabled_time")
PEOPLE: tuple[Role, ...] = ("resource", "role")

# Tiers of a role: names that can mean nothing else, then names that may, then names that do if nothing better is there.
# As `normalised`: a name belongs to one tier only.
_LISTED: dict[Role, tuple[tuple[str, ...], ...]] = {
    "case_id": (
        ("caseconceptname", "caseid", "caseidentifier", "casekey", "caseno", "casenumber", "traceid",
         "fallid", "fallnummer", "fallnr", "fallkennung", "vorgangsnummer", "vorgangsnr", "vorgangsid", "zaakid",
         "zaaknummer", "dossiernummer", "idducas", "idcas", "iddossier", "numerodedossier", "numerodossier", "idcaso",
         "iddelcaso", "numerodecaso", "casoid", "iddocaso", "numerodocaso", "iddecaso"),
        ("case", "trace", "processinstance", "processinstanceid", "processinstancekey", "procinstid", "acthiprocinst",
         "fall", "zaak", "dossier", "cas", "caso", "prozessinstanz"),
        ("documentnumber", "documentno", "belegnummer", "belegnr", "salesdocument", "purchasingdocument",
         "verkaufsbeleg", "einkaufsbeleg", "vbeln", "ebeln", "auftragsnummer", "auftragsnr", "bestellnummer",
         "rechnungsnummer", "orderid", "ordernumber", "orderno", "ticketid", "ticketnumber", "incidentid",
         "incidentnumber", "requestid", "requestnumber", "applicationid", "claimid", "claimnumber", "invoicenumber"),
        ("vorgang", "auftrag", "bestellung"),
    ),
    "activity": (
        ("conceptname", "activity", "activityname", "activityid", "activityen", "aktivitat", "aktivitaet",
         "aktivitatsname", "aktivitaetsname", "tatigkeit", "taetigkeit", "actividad", "nombredelaactividad", "activite",
         "nomdelactivite", "activiteit", "atividade", "nomedaatividade", "attivita"),
        ("task", "taskname", "nametask", "actname", "eventname", "event", "step", "stepname", "activityde", "schritt",
         "prozessschritt", "arbeitsschritt", "arbeitsgang", "ereignis", "aufgabe", "evento", "tarea", "tache", "etape",
         "evenement",
         "taak", "stap", "processtap", "tarefa", "etapa", "passo", "processstep", "activitydescription"),
        ("eventtype", "action", "operation", "aktion", "transactioncode", "tcode"),
    ),
    "start_time": (
        ("starttime", "starttimestamp", "activitystart", "eventstart", "starttimeutc", "activitystarttime",
         "eventstarttime", "startzeit", "startzeitpunkt", "startzeitstempel", "starttijd", "begintijd", "horainicio",
         "heurededebut", "heuredebut"),
        ("start", "startdate", "startedat", "begintime", "begin", "started", "begindate", "beginn", "anfang",
         "startdatum", "startuhrzeit", "beginndatum", "beginnzeit", "begindatum", "inicio", "fechainicio",
         "fechadeinicio", "debut", "datedebut", "datededebut", "datainicio", "datadeinicio", "horadeinicio", "inizio",
         "datainizio"),
    ),
    "end_time": (
        ("timetimestamp", "endtime", "endtimestamp", "completetimestamp", "completetime", "completiontime", "eventend",
         "activityend", "activityendtime", "eventendtime", "endtimeutc", "endzeit", "endzeitpunkt", "endzeitstempel",
         "completiontimestamp", "finishtimestamp", "eindtijd", "horafin", "heuredefin", "heurefin"),
        ("timestamp", "end", "enddate", "endedat", "finishtime", "completedat", "completed", "eventtime", "datetime",
         "time", "date", "timestamputc", "eventtimestamp", "eventdatetime", "eventdate", "finish", "finishdate", "ende",
         "enddatum", "enduhrzeit", "zeitstempel", "zeitpunkt", "datumuhrzeit", "ereigniszeit", "tijdstip",
         "tijdstempel", "einddatum", "marcadetiempo", "fechahora", "fechayhora", "fechafin", "fechadefin", "fin",
         "horodatage", "datefin", "datedefin", "dateheure", "carimbodedatahora", "datahora", "dataehora", "datafim",
         "datadefim", "horadefim", "fim", "fine", "datafine"),
        ("zeit", "datum", "uhrzeit", "buchungszeit", "fecha", "hora", "heure", "data", "ora", "tijd", "erdat", "erzet",
         "udate", "utime", "cpudt", "cputm", "createdat", "createdon", "erstelltam", "angelegtam", "creationdate"),
    ),
    "enabled_time": (("enabledtime", "enabletime", "enabledtimestamp", "enabledat"),),
    "lifecycle": (("lifecycletransition",), ("lifecycle", "transition"), ("lifecyclestate",)),
    "instance": (("conceptinstance",),),
    "resource": (
        ("orgresource", "resource", "resourcename", "ressource", "ressourcenname", "bearbeiter", "sachbearbeiter",
         "recurso", "medewerker", "risorsa"),
        ("user", "username", "performer", "assignee", "employee", "benutzer", "benutzername", "mitarbeiter",
         "anwender", "ausfuhrender", "ausfuehrender", "utilisateur", "usuario", "gebruiker", "utente", "originator"),
        ("createdby", "changedby", "erstelltvon", "angelegtvon", "geandertvon", "ernam", "aenam", "usnam",
         "assignedto"),
        ("employeename", "agentname", "operatorname", "resourceid", "userid", "employeeid", "agentid", "operatorid"),
        ("executor", "executedby", "performedby", "completedby", "handledby", "processedby", "doneby",
         "assigneename", "assigneetask", "taskassignee"),
        ("person", "agent", "operator", "analyst", "handler", "worker", "persona", "personne", "persoon", "analista",
         "agente", "operador", "operatore", "operateur", "担当者", "执行者", "исполнитель"),
        ("machine", "equipment", "workstation", "workcenter", "workcentre", "maschine", "arbeitsplatz"),
    ),
    "role": (("orgrole", "role", "rolename", "rolle", "rollenname", "rol", "ruolo"),),
}  # fmt: skip


# Words of which people make the name of a time: `TimestampEnd`, `TASK_END_TIME`, `exit_time`.
_SAID_WITH: dict[Role, tuple[str, ...]] = {
    "start_time": ("start", "begin", "started"),
    "end_time": ("end", "ended", "finish", "finished", "complete", "completed", "completion", "exit", "stop"),
}
_OF = ("", "event", "activity", "task", "step", "action", "operation", "work", "job", "actual", "execution")
_TIME = ("time", "timestamp", "date", "datetime", "ts")


def _made(words: Iterable[str]) -> Iterator[str]:
    for word, of, time in product(words, _OF, _TIME):
        yield from (of + word + time, word + time + of, word + of + time, of + time + word, time + word + of)


def _with_made_names() -> dict[Role, tuple[tuple[str, ...], ...]]:
    """The listed names, and between the first and the second tier of a time those that are made of such words."""
    listed = {name for tiers in _LISTED.values() for tier in tiers for name in tier}
    found = dict(_LISTED)
    for role, words in _SAID_WITH.items():
        first, *others = _LISTED[role]
        made = (name for name in dict.fromkeys(_made(words)) if name not in listed)
        found[role] = (first, tuple(made), *others)
    return found


NAMES = _with_made_names()
_GUESSED: dict[Role, range] = {"start_time": range(1, 2), "end_time": range(1, 2), "resource": range(3, 10)}


def is_guess(role: Role, tier: int) -> bool:
    """Whether the names of a tier say so little that nothing is asked because of them."""
    return tier in _GUESSED.get(role, ())


@lru_cache(maxsize=4096)  # each name is compared with every name of a role
def normalised(name: str) -> str:
    """A column name as it is compared: lower case, without accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[\W_]", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def role_of(name: str) -> Role | None:
    """The role that a column of this name may have."""
    known = normalised(name)
    return next((role for role, tiers in NAMES.items() if any(known in tier for tier in tiers)), None)
