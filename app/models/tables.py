"""Every table, imported in one place so that the metadata is whole, with short names for Core."""

from app.models.action_states import ActionDependency, ActionPointState, ActionState
from app.models.actions import Action, ActionCoLead
from app.models.area_settings import AreaLogo, AreaSettings, AreaTemplate
from app.models.areas import Area
from app.models.base import table
from app.models.clients import AccessToken, Client, ClientSecret, ClientUsage
from app.models.commentaries import Commentary
from app.models.controls import Control
from app.models.data_quality import Acknowledgement
from app.models.drafts import Draft
from app.models.jobs import Job
from app.models.journal import JournalEntry
from app.models.kept_answers import KeptAnswer
from app.models.management_actions import (
    ManagementAction,
    ManagementActionState,
    ManagementActionUpdateEntry,
)
from app.models.people import Person
from app.models.periods import Erratum, Period, Publication
from app.models.plans import Plan
from app.models.priorities import Priority
from app.models.recipients import ScheduleRecipient
from app.models.registers import MatrixVersion, Register
from app.models.risks import Assessment, Risk, RiskDayState, RiskStrategicLead
from app.models.saved_views import SavedView
from app.models.schedule_runs import Reminded, RunDelivery, ScheduleRun
from app.models.schedules import Schedule
from app.models.sign_in import Authenticator, Identity, RecoveryCode, SpentSignIn
from app.models.updates import Update
from app.models.users import User, UserSession
from app.models.webhooks import Webhook, WebhookAttempt, WebhookDelivery
from app.models.workers import WorkerHeartbeat

areas = table(Area)
area_settings = table(AreaSettings)
area_logos = table(AreaLogo)
area_templates = table(AreaTemplate)
people = table(Person)
users = table(User)
sessions = table(UserSession)
identities = table(Identity)
authenticators = table(Authenticator)
recovery_codes = table(RecoveryCode)
spent_sign_ins = table(SpentSignIn)
clients = table(Client)
client_secrets = table(ClientSecret)
client_usage = table(ClientUsage)
access_tokens = table(AccessToken)
kept_answers = table(KeptAnswer)
drafts = table(Draft)
journal_entries = table(JournalEntry)
plans = table(Plan)
priorities = table(Priority)
actions = table(Action)
action_co_leads = table(ActionCoLead)
updates = table(Update)
action_states = table(ActionState)
action_point_states = table(ActionPointState)
action_dependencies = table(ActionDependency)
registers = table(Register)
matrix_versions = table(MatrixVersion)
risks = table(Risk)
risk_strategic_leads = table(RiskStrategicLead)
assessments = table(Assessment)
risk_states = table(RiskDayState)
controls = table(Control)
management_actions = table(ManagementAction)
management_action_updates = table(ManagementActionUpdateEntry)
management_action_states = table(ManagementActionState)
periods = table(Period)
publications = table(Publication)
errata = table(Erratum)
commentaries = table(Commentary)
acknowledgements = table(Acknowledgement)
worker_heartbeats = table(WorkerHeartbeat)
jobs = table(Job)
saved_views = table(SavedView)
webhooks = table(Webhook)
webhook_deliveries = table(WebhookDelivery)
webhook_attempts = table(WebhookAttempt)
schedules = table(Schedule)
schedule_recipients = table(ScheduleRecipient)
schedule_runs = table(ScheduleRun)
run_deliveries = table(RunDelivery)
reminded = table(Reminded)

metadata = areas.metadata
