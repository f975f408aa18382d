"""Who sees and may do what: the one table. What is missing from it fails the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from api.terms import PLATFORM
from db.clock import now
from tests.authorisation.world import VIEWERS, World
from tests.catalog.entering import an_entry
from tests.collections.packs import a_pack

ALL: Final = frozenset(VIEWERS)
NOBODY: Final = frozenset[str]()
SIGNED_IN: Final = ALL - {"visitor"}
OWNER: Final = frozenset({"owner"})
STAFF: Final = frozenset({"staff"})
OWNER_AND_STAFF: Final = OWNER | STAFF
LICENSEE: Final = frozenset({"listener"})
PARTIES_AND_STAFF: Final = OWNER_AND_STAFF | LICENSEE
VERIFIED: Final = frozenset({"owner", "producer"})
PRODUCERS: Final = VERIFIED | {"unverified"}
UNAUTHENTICATED: Final = {"visitor": "UNAUTHENTICATED"}


@dataclass(frozen=True)
class Door:
    """A way to an object, and who sees which of its fields through it; everybody else gets null, and no error.

    Attributes:
        way: Selection with one `{}` where the object's fields are selected.
        sees: Fields (by spaces) and who gets a value.
        faults: Who gets this code instead of any answer.
    """

    of: str
    way: str
    sees: dict[str, frozenset[str]]
    faults: dict[str, str] = field(default_factory=dict[str, str])

    def who_sees(self) -> dict[str, frozenset[str]]:
        return {field: who for fields, who in self.sees.items() for field in fields.split()}


_ACCOUNT = "node(id: $account) { ... on Account { {} } }"
_REQUEST = "node(id: $request) { ... on ProducerRequest { {} } }"
_APPEAL = "node(id: $appeal) { ... on DuplicateAppeal { {} } }"
_NOTICE = "node(id: $notice) { ... on Notification { {} } }"
_TRACK = "track(id: $track) { {} }"
_DUPLICATE = "track(id: $duplicate) { {} }"
_SCAN = "node(id: $scan) { ... on ReconScan { {} } }"
_MATCH = "node(id: $match) { ... on ReconMatch { {} } }"
_OWN_REQUEST = "node(id: $ownRequest) { ... on BeatRequest { {} } }"
_BEAT_MATCH = "node(id: $beatMatch) { ... on BeatMatch { {} } }"
_LICENCE = "node(id: $licence) { ... on Licence { {} } }"
_PLAY = "node(id: $play) { ... on Play { {} } }"
_PURCHASE = "node(id: $purchase) { ... on Purchase { {} } }"
_STATEMENT = "node(id: $statement) { ... on Statement { {} } }"
_PAYOUT_ACCOUNT = "node(id: $payoutAccount) { ... on PayoutAccount { {} } }"
_TICKET = "node(id: $ticket) { ... on SupportTicket { {} } }"
_UPLOAD = "node(id: $upload) { ... on Upload { {} } }"


def _in(way: str, field: str) -> str:
    """Further along a way."""
    return way.replace("{}", f"{field} {{ {{}} }}")


_TOP: Final = 'topTracks(from: "2026-11-01", to: "2026-11-02")'
_CHART: Final = 'series(metric: FOLLOWERS, interval: DAY, from: "2026-11-01", to: "2026-11-02")'
_PAGE = "nodes pageInfo edges totalCount"
_EDGE = "cursor node"
_TRACK_FACTS = """id title artists bpm key scale keyLabel camelot openKey status durationMs genres tags moods description
  metadataComplete createdAt playCount producer credits cover licensing fingerprint shareUrl viewerCan"""

_COLLECTION = "collection(id: $collection) { {} }"
_COLLECTION_FACTS = "id name artists genres tags cover producer shareUrl createdAt tracks"
_FINANCES = 'finances { poolExplanation(period: "2026-05") { {} } }'
_SIMULATED = 'simulatePool(period: "2026-05")'
_MEASURED = "bpm bpmConfidence key scale keyConfidence loudnessLufs truePeakDb waveform"

DOORS: Final = (
    Door("Query", "{}", {
        "producer uploadRules track tracks vocabulary coverPresets licenceTerms node nodes": ALL,
        "searchSuggestions publicPage collection keyNamed": ALL,
        "me": SIGNED_IN,
        "staff": STAFF,
        "reconScan": OWNER_AND_STAFF,
        "reconScans reconMatches reconAllowance": VERIFIED,
    }),
    Door("Query", "{}", {"backstage finances licencePresets": PRODUCERS, "beatRequest": SIGNED_IN, "agreementPreview plans platformTerms": ALL}),
    Door("Query", "{}", {"beatRequests": SIGNED_IN}, UNAUTHENTICATED),
    Door("BeatRequestConnection", "beatRequests { {} }", {_PAGE: SIGNED_IN}, UNAUTHENTICATED),
    Door("BeatRequestEdge", "beatRequests { edges { {} } }", {_EDGE: SIGNED_IN}, UNAUTHENTICATED),
    Door("Account", _ACCOUNT, {
        "id email emailVerified displayName createdAt roles roleHistory abilities producer": OWNER_AND_STAFF,
        "producerRequests pendingEmail picture": OWNER_AND_STAFF,
        "sessions apiTokens requestTokens plan licences purchases acceptedTerms supportTickets": OWNER_AND_STAFF,
        "notifications unreadNotificationCount notificationPreferences mutedGenres dataExports": OWNER_AND_STAFF,
        "deletion": OWNER_AND_STAFF,
    }),
    Door("Query", "{}", {"accountDeletionPreview": SIGNED_IN}),
    Door("AccountDeletionPreview", "accountDeletionPreview { {} }", {
        "obstacles balances needsAcknowledgement goes stays": SIGNED_IN,
    }),
    Door("DeletionObstacle", "accountDeletionPreview { obstacles { {} } }", {
        "kind message refuses": frozenset({"listener", "owner", "staff"}),
    }),
    Door("DeletionBalance", "accountDeletionPreview { balances { {} } }", {"amount fate": OWNER}),
    Door("DeletionPart", "accountDeletionPreview { goes { {} } }", {"what count": SIGNED_IN}),
    Door("AccountDeletion", "node(id: $deletion) { ... on AccountDeletion { {} } }", {
        "id status requestedAt dueAt waitsFor": OWNER,
    }),
    Door("DataExport", "node(id: $export) { ... on DataExport { {} } }", {
        "id status progress requestedAt readyAt expiresAt byteSize download": OWNER,
    }),
    Door("Notification", _NOTICE, {"id kind title body path subject createdAt": OWNER, "readAt": NOBODY}),
    Door("Notification", "node(id: $readNotice) { ... on Notification { {} } }", {"readAt": OWNER}),
    Door("NotificationConnection", _in(_ACCOUNT, "notifications"), {_PAGE: OWNER_AND_STAFF}),
    Door("NotificationEdge", "node(id: $account) { ... on Account { notifications { edges { {} } } } }",
         {_EDGE: OWNER_AND_STAFF}),
    Door("TermsAcceptance", _in(_ACCOUNT, "acceptedTerms"), {"document version acceptedAt": OWNER_AND_STAFF}),
    Door("NotificationPreference", _in(_ACCOUNT, "notificationPreferences"), {
        "kind channel enabled change": OWNER_AND_STAFF,
    }),
    Door("AccountAbilities", _in(_ACCOUNT, "abilities"), {
        "submitProducerRequest upload scan license openBeatRequest": OWNER_AND_STAFF,
    }),
    Door("RequestTokens", _in(_ACCOUNT, "requestTokens"), {"allowance remaining resetAt": OWNER_AND_STAFF}),
    Door("Plan", "node(id: $plan) { ... on Plan { {} } }", {
        "id name pricePerMonth includesDownloads requestTokensPerMonth": ALL,
    }),
    Door("PlanSubscription", "node(id: $planSubscription) { ... on PlanSubscription { {} } }", {
        "id plan status periodEndsAt nextPlan graceEndsAt invoices": OWNER_AND_STAFF,
        "portal": NOBODY,
    }),
    Door("Invoice", _in(_in(_ACCOUNT, "plan"), "invoices"), {"number total tax paidAt pdf": OWNER_AND_STAFF}),
    Door("RoleChange", _in(_ACCOUNT, "roleHistory"), {"role granted at reason": OWNER_AND_STAFF, "by": STAFF}),
    Door("ProducerRequestConnection", _in(_ACCOUNT, "producerRequests"), {_PAGE: OWNER_AND_STAFF}),
    Door("ProducerRequestEdge", "node(id: $account) { ... on Account { producerRequests { edges { {} } } } }",
         {_EDGE: OWNER_AND_STAFF}),
    Door("Session", "node(id: $session) { ... on Session { {} } }", {"id device createdAt lastSeenAt current": OWNER}),
    Door("ApiToken", "node(id: $token) { ... on ApiToken { {} } }", {
        "id name scope createdAt lastUsedAt expiresAt": OWNER,
    }),
    Door("Member", "node(id: $member) { ... on Member { {} } }", {"id displayName picture producer": ALL}),
    Door("Producer", "producer(by: {id: $producer}) { {} }", {
        "level levelTitle": ALL,
        "id handle name verified claimed bio city roles links picture aboutPhotos createdAt shareUrl": ALL,
        "tracks creditedTracks collections followerCount viewerFollows": ALL,
        "completeness": OWNER_AND_STAFF,
    }),
    Door("Producer", "producer(by: {id: $unowned}) { {} }", {"id claimed": ALL, "completeness": STAFF, "picture": NOBODY}),
    Door("SocialLink", "producer(by: {id: $producer}) { links { {} } }", {"network url": ALL}),
    Door("AboutPhoto", "node(id: $photo) { ... on AboutPhoto { {} } }", {"id image caption": ALL}),
    Door("ProfileCompleteness", "producer(by: {id: $producer}) { completeness { {} } }", {
        "percent missing": OWNER_AND_STAFF,
    }),
    Door("ProducerRequest", _REQUEST, {
        "id status submittedAt reviewedAt reviewReason history kind producerName beatsUrl": OWNER_AND_STAFF,
        "firstName lastName instagram label applicant attachments": OWNER_AND_STAFF,
        "verification claimedProducer discordUserId": NOBODY,
    }),
    Door("ProducerRequest", "node(id: $claim) { ... on ProducerRequest { {} } }", {"kind claimedProducer": OWNER_AND_STAFF}),
    Door("ProducerRequest", "node(id: $badge) { ... on ProducerRequest { {} } }", {
        "kind status discordUserId": OWNER_AND_STAFF,
        "verification": OWNER,
        "producerName beatsUrl firstName lastName": NOBODY,
    }),
    Door("VerificationChallenge", "node(id: $badge) { ... on ProducerRequest { verification { {} } } }", {
        "command inviteUrl expiresAt confirmedAt": OWNER,
    }),
    Door("DuplicateAppeal", _APPEAL, {
        "id status submittedAt reviewedAt reviewReason history track statement attachments": OWNER_AND_STAFF,
    }),
    Door("ReviewStep", _in(_REQUEST, "history"), {"status at reason": OWNER_AND_STAFF}),
    Door("Attachment", _in(_REQUEST, "attachments"), {"filename byteSize file": OWNER_AND_STAFF}),
    Door("StaffDesk", "staff { {} }", {"cases tickets accounts ledgerBreaks ledgerComparedFrom payoutHolds": STAFF}),
    Door("CaseConnection", "staff { cases { {} } }", {_PAGE: STAFF}),
    Door("CaseEdge", "staff { cases { edges { {} } } }", {_EDGE: STAFF}),
    Door("Track", _TRACK, {
        _TRACK_FACTS: ALL,
        "publishedAt previewUrl previewStartMs analysis collection": ALL,
        "master reconMatches": OWNER_AND_STAFF,
        "replacement": OWNER_AND_STAFF,
        "viewerLicence": LICENSEE,
        "versionsToDelist": NOBODY,
    }),
    Door("AudioReplacement", _in(_TRACK, "replacement"), {"upload fingerprint submittedAt": OWNER_AND_STAFF}),
    Door("Track", _DUPLICATE, {"id": OWNER_AND_STAFF, "analysis": NOBODY}),
    Door("Track", "track(id: $sold) { {} }", {
        _TRACK_FACTS: ALL,
        "publishedAt": ALL,
        "master versionsToDelist": OWNER_AND_STAFF,
    }),
    Door("Track", "track(id: $sold) { versionsToDelist { {} } }", {"id title": OWNER_AND_STAFF}),
    Door("Track", "track(id: $hidden) { {} }", {_TRACK_FACTS: OWNER_AND_STAFF, "master": OWNER_AND_STAFF}),
    Door("Track", "track(id: $unsettled) { {} }", {_TRACK_FACTS: OWNER_AND_STAFF, "publishedAt": NOBODY}),
    Door("Collection", _COLLECTION, {_COLLECTION_FACTS: ALL, "description": ALL}),
    Door("Collection", "collection(id: $hiddenCollection) { {} }", {_COLLECTION_FACTS: OWNER_AND_STAFF}),
    Door("Collection", "node(id: $hiddenCollection) { ... on Collection { {} } }", {"id name": OWNER_AND_STAFF}),
    Door("CollectionConnection", "producer(by: {id: $producer}) { collections { {} } }", {_PAGE: ALL}),
    Door("CollectionEdge", "producer(by: {id: $producer}) { collections { edges { {} } } }", {_EDGE: ALL}),
    Door("TrackAbilities", _in(_TRACK, "viewerCan"), {"edit setLicensing replaceAudio delete appeal scan license buyExclusive": ALL}),
    Door("Ability", "track(id: $sold) { viewerCan { edit { {} } } }", {"allowed code message": ALL, "retryAt": NOBODY}),
    Door("Fingerprint", _in(_TRACK, "fingerprint"), {
        "status checkedAt": ALL,
        "sha256": OWNER_AND_STAFF,
        "duplicate duplicateOf similarity": NOBODY,
    }),
    Door("Fingerprint", _in(_DUPLICATE, "fingerprint"), {
        "status checkedAt sha256 duplicate duplicateOf similarity": OWNER_AND_STAFF,
    }),
    Door("DuplicateFinding", "track(id: $duplicate) { fingerprint { duplicate { {} } } }", {
        "original similarity band segments track": OWNER_AND_STAFF,
        "appeal": NOBODY,
    }),
    Door("RecordedWork", "track(id: $duplicate) { fingerprint { duplicate { original { {} } } } }", {
        "title artists producerName fingerprintedAt": OWNER_AND_STAFF,
    }),
    Door("MatchSegment", "track(id: $duplicate) { fingerprint { duplicate { segments { {} } } } }", {
        "queryStartMs queryEndMs referenceStartMs referenceEndMs similarity": OWNER_AND_STAFF,
    }),
    Door("ReconScan", _SCAN, {
        "id status progress stage startedAt finishedAt trigger track comparedCount matches createdAt": OWNER_AND_STAFF,
        "error upload": NOBODY,
    }),
    Door("ReconScan", "node(id: $sampleScan) { ... on ReconScan { {} } }", {
        "id status error matches": OWNER_AND_STAFF,
        "upload": OWNER,
        "track": NOBODY,
    }),
    Door("ReconScanError", "node(id: $sampleScan) { ... on ReconScan { error { {} } } }", {
        "message retryable": OWNER_AND_STAFF,
    }),
    Door("ReconMatch", _MATCH, {
        "id matchClass relation similarity band queryCoverage referenceCoverage speedRatio": OWNER_AND_STAFF,
        "pitchShiftSemitones segments found ownTrack track firstSeenAt triage": OWNER_AND_STAFF,
    }),
    Door("ReconMatchConnection", "node(id: $scan) { ... on ReconScan { matches { {} } } }", {_PAGE: OWNER_AND_STAFF}),
    Door("ReconMatchEdge", "node(id: $scan) { ... on ReconScan { matches { edges { {} } } } }", {_EDGE: OWNER_AND_STAFF}),
    Door("BeatRequest", "node(id: $beatRequest) { ... on BeatRequest { {} } }", {
        "id text reference genre bpmMin bpmMax key scale moods tags budget wantedLicence requester status": SIGNED_IN,
        "openedAt expiresAt submissionCount": SIGNED_IN,
        "renew": frozenset({"listener"}),
    }),
    Door("BeatRequest", "node(id: $wantedGone) { ... on BeatRequest { {} } }", {"id text": OWNER_AND_STAFF, "renew": OWNER}),
    Door("BeatReference", "node(id: $beatRequest) { ... on BeatRequest { reference { {} } } }", {
        "url": SIGNED_IN,
        "track sample": NOBODY,
    }),
    Door("BeatReference", "beatRequest(id: $wantedTrack) { reference { {} } }", {"track": SIGNED_IN, "url": NOBODY}),
    Door("BeatReference", "beatRequest(id: $wantedSample) { reference { {} } }", {"sample": SIGNED_IN, "url": NOBODY}),
    Door("BeatMatch", _BEAT_MATCH, {
        "id request track score reasons submitted matchedAt": OWNER_AND_STAFF | {"listener"},
    }),
    Door("MatchReason", _in(_BEAT_MATCH, "reasons"), {"part score weight text": OWNER_AND_STAFF | {"listener"}}),
    Door("Query", "{}", {"matchesForMe": VERIFIED, "suggestedTracks": STAFF | {"listener"}}),
    Door("BeatMatchConnection", "matchesForMe { {} }", {_PAGE: VERIFIED}),
    Door("BeatMatchEdge", "suggestedTracks(requestId: $beatRequest) { edges { {} } }", {_EDGE: STAFF | {"listener"}}),
    Door("ReconScanConnection", "reconScans { {} }", {_PAGE: VERIFIED}),
    Door("ReconScanEdge", "reconScans { edges { {} } }", {_EDGE: OWNER}),
    Door("ReconAllowance", "reconAllowance { {} }", {"limit remaining resetAt": VERIFIED}),
    Door("Backstage", "backstage { {} }", {
        "tasks tracksByStatus series topTracks experience payoutAccount balances newMatchCount": PRODUCERS,
    }),
    Door("BackstageTask", "backstage { tasks { {} } }", {"kind title reason target": PRODUCERS}),
    Door("TrackStatusCount", "backstage { tracksByStatus { {} } }", {"status count": PRODUCERS}),
    Door("TrackPlays", f"backstage {{ {_TOP} {{ {{}} }} }}", {"track countedPlays": OWNER}),
    Door("Play", _PLAY, {"id track streamUrl streamUrlExpiresAt listenedMs counted": OWNER}),
    Door("SeriesPoint", f"backstage {{ {_CHART} {{ {{}} }} }}", {"from value": PRODUCERS}),
    Door("Experience", "backstage { experience { {} } }", {
        "points level title levelStartsAt nextLevelAt awards": PRODUCERS,
    }),
    Door("XpAward", "backstage { experience { awards { {} } } }", {"id cause points at track": OWNER}),
    Door("XpAward", "node(id: $award) { ... on XpAward { {} } }", {"id cause points at track": OWNER_AND_STAFF}),
    Door("BeatRequest", _OWN_REQUEST, {
        "viewerSubmissions viewerCanSubmit": SIGNED_IN,
        "submissions": OWNER_AND_STAFF,
    }),
    Door("BeatRequest", "node(id: $deletedRequest) { ... on BeatRequest { {} } }", {"id text": OWNER_AND_STAFF}),
    Door("Submission", "node(id: $submission) { ... on Submission { {} } }", {
        "id request track note status submittedAt": OWNER_AND_STAFF | {"producer"},
    }),
    Door("Submission", "node(id: $hiddenSubmission) { ... on Submission { {} } }", {"id track": STAFF | {"producer"}}),
    Door("Submission", "node(id: $lostSubmission) { ... on Submission { {} } }", {"id request": OWNER_AND_STAFF}),
    Door("Submission", "node(id: $ownRequest) { ... on BeatRequest { viewerSubmissions { {} } } }", {
        "id track": frozenset({"producer"}),
    }),
    Door("SubmissionConnection", _in(_OWN_REQUEST, "submissions"), {_PAGE: OWNER_AND_STAFF}),
    Door("SubmissionEdge", "node(id: $ownRequest) { ... on BeatRequest { submissions { edges { {} } } } }",
         {_EDGE: OWNER_AND_STAFF}),
    Door("Query", "{}", {"licence": PARTIES_AND_STAFF, "verifyLicence": ALL}),
    Door("Licence", _LICENCE, {
        "id kind status work track producer licensee terms certificate grantedAt": PARTIES_AND_STAFF,
        "downloads": LICENSEE,
        "revokedAt purchase": NOBODY,
    }),
    Door("Licence", "node(id: $revokedLicence) { ... on Licence { {} } }", {"id revokedAt": PARTIES_AND_STAFF}),
    Door("Certificate", _in(_LICENCE, "certificate"), {
        "number verifyUrl pdf fingerprintSha256 signature issuedAt": PARTIES_AND_STAFF,
    }),
    Door("Download", _in(_LICENCE, "downloads"), {"format filename byteSize file": LICENSEE}),
    Door("LedgerBreak", "staff { ledgerBreaks { {} } }", {"reference ledger provider foundAt": STAFF}),
    Door("Finances", "finances { {} }", {"statements csv": PRODUCERS}),
    Door("StatementConnection", "finances { statements { {} } }", {_PAGE: PRODUCERS}),
    Door("StatementEdge", "finances { statements { edges { {} } } }", {_EDGE: OWNER}),
    Door("Statement", "finances { statements { nodes { {} } } }", {"id period opening closing lines pdf": OWNER}),
    Door("Statement", _STATEMENT, {"id period opening closing lines pdf": OWNER_AND_STAFF}),
    Door("StatementLine", _in(_STATEMENT, "lines"), {
        "kind text amount happenedAt enteredAt source": OWNER_AND_STAFF,
    }),
    Door("Query", "{}", {"purchase": LICENSEE | STAFF}),
    Door("Purchase", _PURCHASE, {
        "id status work track price fee total tax standardLicenceCount agreement expiresAt refund": LICENSEE | STAFF,
        "creditNotes": LICENSEE | STAFF,
        "checkoutUrl": LICENSEE,
        "licence completedAt receipt endedAt refundReason": NOBODY,
    }),
    Door("Purchase", "node(id: $undone) { ... on Purchase { {} } }", {"endedAt refundReason creditNotes": LICENSEE | STAFF}),
    Door("CreditNote", "node(id: $undone) { ... on Purchase { creditNotes { {} } } }", {
        "number cause amount tax happenedAt issuedAt pdf": LICENSEE | STAFF,
    }),
    Door("Purchase", "node(id: $bought) { ... on Purchase { {} } }", {
        "licence completedAt receipt": LICENSEE | STAFF,
        "checkoutUrl expiresAt": NOBODY,
    }),
    Door("Licence", "node(id: $exclusiveLicence) { ... on Licence { {} } }", {
        "id": PARTIES_AND_STAFF,
        "purchase": LICENSEE | STAFF,
    }),
    Door("PurchaseConnection", _in(_ACCOUNT, "purchases"), {_PAGE: OWNER_AND_STAFF}),
    Door("PurchaseEdge", "node(id: $licensee) { ... on Account { purchases { edges { {} } } } }", {_EDGE: LICENSEE | STAFF}),
    Door("LicenceConnection", _in(_ACCOUNT, "licences"), {_PAGE: OWNER_AND_STAFF}),
    Door("LicenceEdge", "node(id: $licensee) { ... on Account { licences { edges { {} } } } }", {_EDGE: LICENSEE | STAFF}),
    Door("LicenceVerification", "verifyLicence(certificate: $number) { {} }", {
        "number status kind work licenseeName maskedEmail terms fingerprintSha256 signatureValid": ALL,
        "issuedAt revokedAt verificationCount": ALL,
    }),
    Door("Query", "{}", {"finances": PRODUCERS}),
    Door("Finances", "finances { {} }", {"poolExplanation": OWNER}),
    Door("PoolExplanation", _FINANCES, {
        "period pool totalWeight ownWeight exactShare amount inputsSha256 adjustments tracks csv": OWNER,
    }),
    Door("PoolAdjustment", _in(_FINANCES, "adjustments"), {"pool exactShare amount at": OWNER}),
    Door("TrackContributionConnection", _in(_FINANCES, "tracks"), {_PAGE: OWNER}),
    Door("TrackContributionEdge", _in(_in(_FINANCES, "tracks"), "edges"), {_EDGE: OWNER}),
    Door("TrackContribution", _in(_in(_FINANCES, "tracks"), "nodes"), {
        "track work countedPlays ageMonths ageFactor listeningFactor creditedProducers weight amount": OWNER,
    }),
    Door("StaffDesk", "staff { {} }", {"poolRuns simulatePool": STAFF}),
    Door("PoolRun", "node(id: $poolRun) { ... on PoolRun { {} } }", {
        "id period sequence status pool totalWeight inputsSha256 closedAt": STAFF,
    }),
    Door("PoolSimulation", f"staff {{ {_SIMULATED} {{ {{}} }} }}", {"pool shares": STAFF}),
    Door("SimulatedShare", f"staff {{ {_SIMULATED} {{ shares {{ {{}} }} }} }}", {"producer paid simulated": STAFF}),
    Door("Licensing", _in(_TRACK, "licensing"), {"model standardTerms exclusive": ALL}),
    Door("ExclusiveOffer", "track(id: $track) { licensing { exclusive { {} } } }", {
        "availability price terms quote standardLicenceCount": ALL,
        "reservedUntil": NOBODY,
        "contactEmail acceptedTermsVersion": OWNER_AND_STAFF,
    }),
    Door("ExclusiveOffer", "track(id: $reserved) { licensing { exclusive { {} } } }", {"reservedUntil": ALL - LICENSEE}),
    Door("ExclusiveQuote", "track(id: $track) { licensing { exclusive { quote { {} } } } }", {
        "price fee total agreement": ALL,
    }),
    Door("Agreement", "agreementPreview(trackId: $track) { {} }", {"markdown pdf sha256": ALL}),
    Door("Agreement", "agreementPreview(trackId: $hidden) { {} }", {"markdown": OWNER_AND_STAFF}),
    Door("LicencePreset", "node(id: $preset) { ... on LicencePreset { {} } }", {"id name terms": OWNER}),
    Door("ExclusiveOffer", "track(id: $private) { licensing { exclusive { {} } } }", {
        "availability terms contactEmail": ALL,
        "price acceptedTermsVersion": OWNER_AND_STAFF,
        "quote": NOBODY,
    }),
    Door("LicenceTerms", "track(id: $track) { licensing { exclusive { terms { {} } } } }", {
        "producerSharePercent licenseeSharePercent royaltyPercent territory governingLaw permissions": ALL,
        "deliveredFiles conditions": ALL,
    }),
    Door("Money", "track(id: $track) { licensing { exclusive { price { {} } } } }", {
        "minorUnits amount currency": ALL,
    }),
    Door("Image", _in(_TRACK, "cover"), {"width height dominantColor blurhash url": ALL}),
    Door("SignedUrl", _in(_TRACK, "master"), {"url expiresAt": OWNER_AND_STAFF}),
    Door("TrackConnection", "tracks { {} }", {_PAGE: ALL, "facets": ALL}),
    Door("TrackFacet", "tracks { facets(of: [BPM]) { {} } }", {"field buckets": ALL}),
    Door("FacetBucket", "tracks { facets(of: [BPM]) { buckets { {} } } }", {"value label count": ALL}),
    Door("SearchSuggestion", 'searchSuggestions(text: "night") { {} }', {"label node": ALL}),
    Door("PublicPage", "publicPage(path: $path) { {} }", {"canonicalPath node": ALL}),
    Door("TrackEdge", "tracks { edges { {} } }", {_EDGE: ALL}),
    Door("PageInfo", "tracks { pageInfo { {} } }", {"hasNextPage hasPreviousPage startCursor endCursor": ALL}),
    Door("Upload", _UPLOAD, {
        "id purpose filename byteSize receivedBytes protocol status sha256 audio expiresAt url usedBy": OWNER,
        "rejection": NOBODY,
    }),
    Door("Upload", "node(id: $rejected) { ... on Upload { {} } }", {"rejection": OWNER}),
    Door("Upload", _UPLOAD, {"analysis": OWNER}),
    Door("Upload", "node(id: $fresh) { ... on Upload { {} } }", {"id": OWNER, "analysis": NOBODY}),
    Door("TrackAnalysis", _in(_TRACK, "analysis"), {_MEASURED: ALL, "warnings": ALL}),
    Door("TrackAnalysis", _in(_UPLOAD, "analysis"), {_MEASURED: OWNER, "warnings": OWNER}),
    Door("AnalysisWarning", "track(id: $track) { analysis { warnings { {} } } }", {
        "field declared measured confidence message": OWNER,
    }),
    Door("UploadRejection", "node(id: $rejected) { ... on Upload { rejection { {} } } }", {"code message": OWNER}),
    Door("AudioFacts", "node(id: $upload) { ... on Upload { audio { {} } } }",
         {"sampleRateHz bitDepth channels durationMs": OWNER}),
    Door("UploadRule", "uploadRules { {} }", {
        "purpose maxByteSize mediaTypes minEdgePx minDurationMs maxDurationMs": ALL,
    }),
    Door("CoverPreset", 'coverPresets(genres: ["Trap"]) { {} }', {"id image genres label": ALL}),
    Door("Vocabulary", "vocabulary { {} }", {"genres moods keys": ALL}),
    Door("Genre", "vocabulary { genres { {} } }", {"name parent trackCount": ALL}),
    Door("KeyName", "vocabulary { keys { {} } }", {"key scale label camelot": ALL}),
    Door("Finances", "finances { {} }", {"balances payoutAccount minimumPayouts payouts": PRODUCERS}),
    Door("Balance", "finances { balances { {} } }", {"available held inTransit owed holds": OWNER}),
    Door("Hold", "finances { balances { holds { {} } } }", {"amount reason message": OWNER}),
    Door("Payout", "node(id: $payout) { ... on Payout { {} } }", {
        "id amount status failure requestedAt settledAt returnedAt": OWNER_AND_STAFF,
    }),
    Door("PayoutConnection", "finances { payouts { {} } }", {_PAGE: PRODUCERS}),
    Door("PayoutEdge", "finances { payouts { edges { {} } } }", {_EDGE: OWNER}),
    Door("PayoutHold", "node(id: $payoutHold) { ... on PayoutHold { {} } }", {
        "id producer reason placedAt until": STAFF,
    }),
    Door("PayoutAccount", _PAYOUT_ACCOUNT, {"id status country ready requirements checkedAt": OWNER_AND_STAFF}),
    Door("PayoutRequirement", _in(_PAYOUT_ACCOUNT, "requirements"), {"message dueAt": OWNER_AND_STAFF}),
    Door("Query", "{}", {"network": VERIFIED, "events": VERIFIED | STAFF}),
    Door("Network", "network { {} }", {"directory contacts": VERIFIED}),
    Door("ProducerConnection", "network { directory { {} } }", {_PAGE: VERIFIED}),
    Door("ProducerEdge", "network { directory { edges { {} } } }", {_EDGE: VERIFIED}),
    Door("ContactConnection", "network { contacts { {} } }", {_PAGE: VERIFIED}),
    Door("ContactEdge", "network { contacts { edges { {} } } }", {_EDGE: VERIFIED}),
    Door("Contact", "node(id: $contact) { ... on Contact { {} } }", {
        "id other status askedByViewer message createdAt": VERIFIED,
    }),
    Door("Contact", "node(id: $asked) { ... on Contact { {} } }", {"id other status": OWNER, "message": NOBODY}),
    Door("EventConnection", "events { {} }", {_PAGE: VERIFIED | STAFF}),
    Door("EventEdge", "events { edges { {} } }", {_EDGE: VERIFIED | STAFF}),
    Door("Event", "node(id: $event) { ... on Event { {} } }", {
        "id title markdown cover startsAt endsAt place capacity goingCount": VERIFIED | STAFF,
        "viewerRsvp": OWNER,
        "cancelledAt": NOBODY,
    }),
    Door("Event", "node(id: $cancelledEvent) { ... on Event { {} } }", {"id cancelledAt": VERIFIED | STAFF}),
    Door("Rsvp", "node(id: $event) { ... on Event { viewerRsvp { {} } } }", {"status position": OWNER}),
    Door("SupportTicketConnection", _in(_ACCOUNT, "supportTickets"), {_PAGE: OWNER_AND_STAFF}),
    Door("SupportTicketEdge", "node(id: $account) { ... on Account { supportTickets { edges { {} } } } }",
         {_EDGE: OWNER_AND_STAFF}),
    Door("SupportTicketConnection", "staff { tickets { {} } }", {_PAGE: STAFF}),
    Door("SupportTicketEdge", "staff { tickets { edges { {} } } }", {_EDGE: STAFF}),
    Door("SupportTicket", _TICKET, {
        "id account subject status priority respondBy openedAt closedAt messages viewerCanReply": OWNER_AND_STAFF,
        "email emailProved lettersEndedAt": NOBODY,
    }),
    Door("SupportTicket", "node(id: $strangersTicket) { ... on SupportTicket { {} } }", {
        "id subject status priority respondBy openedAt messages viewerCanReply email emailProved": STAFF,
        "account closedAt lettersEndedAt": NOBODY,
    }),
    Door("TicketMessage", _in(_TICKET, "messages"), {
        "id fromStaff text sentAt attachments": OWNER_AND_STAFF,
        "author": STAFF,
    }),
    Door("TicketMessage", "node(id: $answer) { ... on TicketMessage { {} } }", {
        "id fromStaff text sentAt attachments": OWNER_AND_STAFF,
        "author": STAFF,
    }),
    Door("Attachment", "node(id: $answer) { ... on TicketMessage { attachments { {} } } }", {
        "filename byteSize file": OWNER_AND_STAFF,
    }),
    Door("StaffDesk", "staff { {} }", {"auditLog reports": STAFF}),
    Door("AuditEntryConnection", "staff { auditLog { {} } }", {_PAGE: STAFF}),
    Door("AuditEntryEdge", "staff { auditLog { edges { {} } } }", {_EDGE: STAFF}),
    Door("AuditEntry", "node(id: $auditEntry) { ... on AuditEntry { {} } }", {
        "id actor object objectId action reason at": STAFF,
        "actorName": NOBODY,
    }),
    Door("AuditEntry", "node(id: $outsideEntry) { ... on AuditEntry { {} } }", {"actorName": STAFF}),
    Door("ContentReportConnection", "staff { reports { {} } }", {_PAGE: STAFF}),
    Door("ContentReportEdge", "staff { reports { edges { {} } } }", {_EDGE: STAFF}),
    Door("ContentReport", "node(id: $report) { ... on ContentReport { {} } }", {
        "id reporter object objectId reason createdAt": STAFF,
        "settledAt entry": NOBODY,
    }),
    Door("ContentReport", "node(id: $settledReport) { ... on ContentReport { {} } }", {"settledAt entry": STAFF}),
    Door("Track", "track(id: $withheld) { {} }", {"id status withheld": OWNER_AND_STAFF}),
    Door("Track", _TRACK, {"withheld": NOBODY}),
    Door("Account", _ACCOUNT, {"suspended suspensions": OWNER_AND_STAFF}),
    Door("Suspension", _in(_ACCOUNT, "suspensions"), {
        "reason since until endReason": OWNER_AND_STAFF,
        "by endedBy": STAFF,
    }),
    Door("Collection", "collection(id: $withheldCollection) { {} }", {"id withheld": OWNER_AND_STAFF}),
    Door("BeatRequest", "node(id: $withheldRequest) { ... on BeatRequest { {} } }", {"id withheld": OWNER_AND_STAFF}),
    Door("Producer", "producer(by: {id: $producer}) { {} }", {"withheld": NOBODY}),
    Door("StaffDesk", "staff { {} }", {"takedowns": STAFF}),
    Door("TakedownConnection", "staff { takedowns { {} } }", {_PAGE: STAFF}),
    Door("TakedownEdge", "staff { takedowns { edges { {} } } }", {_EDGE: STAFF}),
    Door("Track", _TRACK, {"takedowns": OWNER_AND_STAFF}),
    Door("Takedown", "node(id: $takedown) { ... on Takedown { {} } }", {
        "id track name work grounds status filedAt history": OWNER_AND_STAFF,
        "contact": STAFF,
    }),
    Door("Takedown", "node(id: $openTakedown) { ... on Takedown { {} } }", {"id status": STAFF}),
    Door("TakedownContact", "node(id: $takedown) { ... on Takedown { contact { {} } } }", {"email signature": STAFF}),
    Door("TakedownStep", "node(id: $takedown) { ... on Takedown { history { {} } } }", {
        "status at text": OWNER_AND_STAFF,
        "by": STAFF,
    }),
    Door("Withholding", "track(id: $withheld) { withheld { {} } }", {"cause reason since": OWNER_AND_STAFF}),
    Door("TermsVersion", "licenceTerms { {} }", {"version publishedAt markdown changes": ALL}),
)  # fmt: skip

CALLS: Final = {
    ("Query", "producer"): "producer(by: {id: $producer})",
    ("Query", "track"): "track(id: $track)",
    ("Query", "licence"): "licence(id: $licence)",
    ("Query", "purchase"): "purchase(id: $purchase)",
    ("Query", "verifyLicence"): "verifyLicence(certificate: $number)",
    ("Query", "collection"): "collection(id: $collection)",
    ("Query", "searchSuggestions"): 'searchSuggestions(text: "night")',
    ("Query", "keyNamed"): 'keyNamed(text: "Am")',
    ("Query", "publicPage"): "publicPage(path: $path)",
    ("TrackConnection", "facets"): "facets(of: [GENRE])",
    ("Query", "suggestedTracks"): "suggestedTracks(requestId: $beatRequest)",
    ("Query", "reconScan"): "reconScan(id: $scan)",
    ("Query", "beatRequest"): "beatRequest(id: $beatRequest)",
    ("Query", "coverPresets"): 'coverPresets(genres: ["Trap"])',
    ("Query", "agreementPreview"): "agreementPreview(trackId: $track)",
    ("Query", "node"): "node(id: $track)",
    ("Query", "nodes"): "nodes(ids: [$track])",
    ("Backstage", "series"): _CHART,
    ("Finances", "csv"): 'csv(from: "2026-11-01", to: "2026-11-30")',
    ("StaffDesk", "simulatePool"): _SIMULATED,
    ("Finances", "poolExplanation"): 'poolExplanation(period: "2026-05")',
    ("Backstage", "topTracks"): _TOP,
    ("StaffDesk", "accounts"): 'accounts(search: "olga")',
}
"""Fields that need arguments."""


def _same(arguments: dict[str, Any]) -> Callable[[World, str], dict[str, Any]]:
    return lambda _, __: arguments


def _on(name: str, **arguments: Any) -> Callable[[World, str], dict[str, Any]]:
    return lambda world, _: {"id": world.ids[name], **arguments}


_GIVEN = {"input": {"kind": "BECOME_PRODUCER", "producerName": "X", "beatsUrl": "https://x.test/x", "firstName": "X", "lastName": "X"}}  # fmt: skip
_CALL = {
    "text": "Something for a late drive home.",
    "reference": {"url": "https://example.org/a"},
    "duration": "HOURS_24",
    "idempotencyKey": "1",
}
_BADGE = {"role": "VERIFIED_PRODUCER", "granted": True, "reason": "Known"}
_MEETING = {
    "title": "Studio night",
    "markdown": "Bring a beat.",
    "startsAt": f"{now() + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}",
    "endsAt": f"{now() + timedelta(days=30, hours=2):%Y-%m-%dT%H:%M:%SZ}",
    "place": "Riga",
}
_FILE = {"purpose": "TRACK_AUDIO", "filename": "beat.wav", "byteSize": 1000}
_NO_PRODUCERS = {"listener": "PRODUCER_REQUIRED", "staff": "PRODUCER_REQUIRED"}
_OTHERS_ARE_TOLD_OF_NOTHING = dict.fromkeys(("listener", "producer", "unverified", "staff"), "NOT_FOUND")
_NO_MAIL_IS_SENT: Final = dict.fromkeys(sorted(SIGNED_IN), "EMAIL_IS_OFF")
"""By an installation without a mail server; what letters do is tested where there is one (tests/accounts)."""
_NOTHING_IS_SOLD: Final = UNAUTHENTICATED | dict.fromkeys(sorted(SIGNED_IN), "PAYMENTS_UNAVAILABLE")
"""By an installation without a payment provider; what a plan does is tested where there is one (tests/plans)."""
_NOBODY_IS_PAID: Final = (
    UNAUTHENTICATED | _NO_PRODUCERS | dict.fromkeys(sorted(PRODUCERS), "PAYMENTS_UNAVAILABLE")
)
"""Likewise (tests/payouts)."""
_STAFF_ONLY = (
    dict.fromkeys(("listener", "producer", "unverified", "owner"), "STAFF_REQUIRED") | UNAUTHENTICATED
)
_OWN_UPLOAD_ONLY = UNAUTHENTICATED | _NO_PRODUCERS | {"producer": "NOT_FOUND", "unverified": "NOT_FOUND"}


_VERIFIED_ONLY = UNAUTHENTICATED | dict.fromkeys(
    ("listener", "unverified", "staff"), "VERIFIED_PRODUCER_REQUIRED"
)
_REQUESTER_ONLY = UNAUTHENTICATED | dict.fromkeys(
    ("listener", "producer", "unverified", "staff"), "NOT_YOURS"
)
_OWN_TRACK_ONLY = _OWN_UPLOAD_ONLY | {"producer": "NOT_YOURS", "unverified": "NOT_YOURS"}


_NO_PASSWORD = dict.fromkeys(sorted(SIGNED_IN), "WRONG_CREDENTIALS")
"""Nobody here has one; those who have are let in by tests of their own (tests/privacy)."""


@dataclass(frozen=True)
class Act:
    """A mutation: its arguments, and the code that it refuses each viewer with; those left out succeed."""

    arguments: Callable[[World, str], dict[str, Any]]
    refused: dict[str, str]


ACTS: Final = {
    "signUp": Act(
        lambda _, who: {"input": {"email": f"{who}@new.test", "password": "correct horse", "displayName": who}}, {}
    ),
    "signIn": Act(
        _same({"input": {"email": "x@new.test", "password": "guess"}}), dict.fromkeys(VIEWERS, "WRONG_CREDENTIALS")
    ),
    "signOut": Act(_same({}), UNAUTHENTICATED),
    "updateAccount": Act(_same({"input": {"displayName": "X"}}), UNAUTHENTICATED),
    "acceptPlatformTerms": Act(_same({"input": {"version": PLATFORM.current}}), UNAUTHENTICATED),
    "verifyEmail": Act(lambda world, who: {"input": {"token": world.ids[f"proving_{who}"]}}, {}),
    "sendEmailProof": Act(_same({}), UNAUTHENTICATED | _NO_MAIL_IS_SENT),
    "requestPasswordReset": Act(
        _same({"input": {"email": "x@new.test"}}), _NO_MAIL_IS_SENT | {"visitor": "EMAIL_IS_OFF"}
    ),
    "resetPassword": Act(
        lambda world, who: {"input": {"token": world.ids[f"resetting_{who}"], "password": "correct horse"}}, {}
    ),
    "endOtherSessions": Act(_same({}), UNAUTHENTICATED),
    "requestDataExport": Act(_same({}), UNAUTHENTICATED),
    "requestAccountDeletion": Act(_same({"input": {"password": "guess"}}), _NO_PASSWORD | UNAUTHENTICATED),
    "cancelAccountDeletion": Act(
        _same({}), dict.fromkeys(sorted(SIGNED_IN - {"owner"}), "NO_DELETION_WAITS") | UNAUTHENTICATED
    ),
    "createApiToken": Act(_same({"input": {"name": "X", "scope": "READ"}}), UNAUTHENTICATED),
    "revokeAccess": Act(_on("token"), UNAUTHENTICATED | _OTHERS_ARE_TOLD_OF_NOTHING),
    "changeRole": Act(lambda world, _: {"id": world.account("unverified"), "input": _BADGE}, _STAFF_ONLY),
    "submitProducerRequest": Act(
        _same(_GIVEN), UNAUTHENTICATED | dict.fromkeys(("producer", "unverified", "owner"), "UNKNOWN_VALUE")
    ),
    "reviewProducerRequest": Act(_on("pending", input={"decision": "APPROVE"}), _STAFF_ONLY),
    "appealDuplicate": Act(
        _on("duplicate", input={"statement": "This beat is mine from the first bar to the last."}),
        UNAUTHENTICATED | _NO_PRODUCERS | {"producer": "NOT_FOUND", "unverified": "NOT_FOUND"},
    ),
    "reviewDuplicateAppeal": Act(_on("waitingAppeal", input={"decision": "DENY", "reason": "No."}), _STAFF_ONLY),
    "updateProducer": Act(
        _on("producer", input={"city": "Oslo"}),
        UNAUTHENTICATED
        | {"listener": "PRODUCER_REQUIRED"}
        | dict.fromkeys(("producer", "unverified", "staff"), "NOT_YOURS"),
    ),
    "createProducer": Act(_same({"input": {"name": "X"}}), _STAFF_ONLY),
    "followProducer": Act(_on("producer"), UNAUTHENTICATED | {"owner": "OWN_PROFILE"}),
    "unfollowProducer": Act(_on("unowned"), UNAUTHENTICATED),
    "createUpload": Act(_same({"input": _FILE}), UNAUTHENTICATED | _NO_PRODUCERS),
    "createTrack": Act(lambda world, _: {"input": an_entry(world.ids["fresh"])}, _OWN_UPLOAD_ONLY),
    "updateTrack": Act(_on("track", input={"bpm": 70}), _OWN_TRACK_ONLY),
    "replaceTrackAudio": Act(
        lambda world, _: {"id": world.ids["track"], "input": {"audioUploadId": world.ids["fresh"]}}, _OWN_TRACK_ONLY
    ),
    "setTrackLicensing": Act(_on("track", input={"model": "STANDARD"}), _OWN_TRACK_ONLY),
    "createLicencePreset": Act(
        lambda _, who: {"input": {"name": who, "terms": {}}}, UNAUTHENTICATED | _NO_PRODUCERS
    ),
    "updateLicencePreset": Act(_on("preset", input={"name": "X"}), _OWN_UPLOAD_ONLY),
    "deleteLicencePreset": Act(_on("preset"), _OWN_UPLOAD_ONLY),
    "setTrackVisibility": Act(_on("track", input={"visible": False}), _OWN_TRACK_ONLY),
    "removeOwnCredit": Act(
        lambda world, _: {"trackId": world.ids["creditsPat"]},
        UNAUTHENTICATED | _NO_PRODUCERS | {"unverified": "NOT_YOURS", "owner": "OWN_TRACK"},
    ),
    "deleteTrack": Act(_on("track"), _OWN_TRACK_ONLY),
    "createCollection": Act(_same({"input": a_pack()}), UNAUTHENTICATED | _NO_PRODUCERS),
    "updateCollection": Act(_on("collection", input={"name": "X"}), _OWN_TRACK_ONLY),
    "addTracksToCollection": Act(
        lambda world, _: {"id": world.ids["collection"], "input": {"trackIds": [world.ids["private"]]}}, _OWN_TRACK_ONLY
    ),
    "removeTracksFromCollection": Act(
        lambda world, _: {"id": world.ids["collection"], "input": {"trackIds": [world.ids["track"]]}}, _OWN_TRACK_ONLY
    ),
    "moveTrackInCollection": Act(
        lambda world, _: {"id": world.ids["fullCollection"], "input": {"trackId": world.ids["placed"]}}, _OWN_TRACK_ONLY
    ),
    "deleteCollection": Act(_on("collection"), _OWN_TRACK_ONLY),
    "startReconScan": Act(
        lambda world, _: {"input": {"trackId": world.ids["track"]}}, _VERIFIED_ONLY | {"producer": "NOT_YOURS"}
    ),
    "cancelReconScan": Act(_on("waitingScan"), _VERIFIED_ONLY | {"producer": "NOT_FOUND"}),
    "openBeatRequest": Act(_same({"input": _CALL}), UNAUTHENTICATED),
    "renewBeatRequest": Act(_on("wantedOver", input={"idempotencyKey": "2"}), _REQUESTER_ONLY),
    "deleteBeatRequest": Act(_on("toDelete"), _REQUESTER_ONLY),
    "licenseTrack": Act(
        lambda world, _: {"trackId": world.ids["placed"]},
        UNAUTHENTICATED
        | dict.fromkeys(("producer", "unverified", "staff"), "PLAN_REQUIRED")
        | {"owner": "OWN_TRACK"},
    ),
    "closePeriod": Act(_same({"input": {"period": "2026-04", "idempotencyKey": "1"}}), _STAFF_ONLY),
    "revokeLicence": Act(_on("licence", input={"reason": "Fraud."}), _STAFF_ONLY),
    "subscribeToPlan": Act(
        lambda world, _: {"input": {"planId": world.ids["plan"], "idempotencyKey": "1"}}, _NOTHING_IS_SOLD
    ),
    "changePlan": Act(
        lambda world, _: {"input": {"planId": world.ids["plan"], "idempotencyKey": "1"}}, _NOTHING_IS_SOLD
    ),
    "startPlay": Act(lambda world, _: {"trackId": world.ids["track"]}, UNAUTHENTICATED),
    "reportPlay": Act(
        _on("play", listenedMs=1000),
        UNAUTHENTICATED | dict.fromkeys(("listener", "producer", "unverified", "staff"), "NOT_FOUND"),
    ),
    "buyExclusive": Act(
        lambda world, _: {"input": {"trackId": world.ids["track"], "idempotencyKey": "1"}}, _NOTHING_IS_SOLD
    ),
    "cancelPurchase": Act(_on("purchase"), _NOTHING_IS_SOLD),
    "refundPurchase": Act(_on("bought", input={"reason": "Error.", "idempotencyKey": "1"}), _NOTHING_IS_SOLD),
    "requestPayout": Act(_same({"input": {"currency": "CAD", "idempotencyKey": "1"}}), _NOBODY_IS_PAID),
    "setPayoutHold": Act(_on("producer", input={"held": True, "reason": "Seen."}), _STAFF_ONLY),
    "startPayoutOnboarding": Act(_same({"input": {"country": "CA"}}), _NOBODY_IS_PAID),
    "refreshPayoutAccount": Act(_same({}), _NOBODY_IS_PAID),
    "setPlanRenewal": Act(_same({"input": {"renews": False}}), _NOTHING_IS_SOLD),
    "markNotificationsRead": Act(
        lambda world, who: {"input": {"ids": [world.ids[f"noticeOf_{who}"]]}}, UNAUTHENTICATED
    ),
    "updateNotificationPreferences": Act(
        _same({"input": {"preferences": [{"kind": "NEW_UPLOAD", "channel": "LIVE", "enabled": False}]}}), UNAUTHENTICATED
    ),
    "submitToBeatRequest": Act(
        lambda world, _: {"input": {"requestId": world.ids["beatRequest"], "trackId": world.ids["track"]}},
        _OWN_TRACK_ONLY,
    ),
    "respondToSubmission": Act(
        _on("submission", input={"status": "SHORTLISTED"}),
        UNAUTHENTICATED
        | {"listener": "NOT_FOUND", "unverified": "NOT_FOUND", "producer": "NOT_YOURS", "staff": "NOT_YOURS"},
    ),
    "requestContact": Act(
        lambda world, _: {"input": {"producerId": world.ids["quincy"], "message": "Hi"}}, _VERIFIED_ONLY
    ),
    "respondToContact": Act(
        _on("asked", input={"response": "DECLINE"}), _VERIFIED_ONLY | {"producer": "NOT_FOUND"}
    ),
    "rsvpToEvent": Act(_on("openEvent", input={"going": True}), _VERIFIED_ONLY),
    "createEvent": Act(_same({"input": _MEETING}), _STAFF_ONLY),
    "updateEvent": Act(_on("openEvent", input={"title": "Another night"}), _STAFF_ONLY),
    "openSupportTicket": Act(
        _same({"input": {"subject": "My upload", "text": "It stops.", "email": "vera@example.org"}}),
        {"visitor": "EMAIL_IS_OFF"},
    ),
    "replyToSupportTicket": Act(
        _on("ticket", input={"text": "Thank you.", "close": False}),
        UNAUTHENTICATED | dict.fromkeys(("listener", "producer", "unverified"), "NOT_FOUND"),
    ),
    "reportContent": Act(_on("track", input={"reason": "It is mine."}), UNAUTHENTICATED | {"owner": "OWN_CONTENT"}),
    "moderateContent": Act(_on("track", input={"action": "HIDE", "reason": "It is not hers."}), _STAFF_ONLY),
    "dismissReports": Act(_on("producer", input={"reason": "It is hers."}), _STAFF_ONLY),
    "suspendAccount": Act(lambda world, _: {"id": world.account("unverified"), "input": {"reason": "Fraud."}}, _STAFF_ONLY),
    "reinstateAccount": Act(lambda world, _: {"id": world.ids["suspended"], "input": {"reason": "Cleared."}}, _STAFF_ONLY),
    "fileTakedown": Act(
        lambda world, _: {
            "input": {
                "track": world.ids["track"],
                "name": "Harbour Records",
                "email": "rights@harbour.test",
                "work": "Low Tide",
                "grounds": "It is ours.",
                "goodFaith": True,
                "signature": "Rhea Harbour",
            }
        },
        dict.fromkeys(VIEWERS, "EMAIL_IS_OFF"),
    ),
    "confirmTakedown": Act(lambda world, who: {"input": {"token": world.ids[f"taking_{who}"]}}, {}),
    "decideTakedown": Act(_on("openTakedown", input={"decision": "DENY", "reason": "Another song."}), _STAFF_ONLY),
    "answerTakedown": Act(
        _on("takedown", input={"statement": "I made it."}),
        _OTHERS_ARE_TOLD_OF_NOTHING | UNAUTHENTICATED | {"staff": "NOT_YOURS"},
    ),
    "triageReconMatch": Act(_on("match", input={"triage": "SEEN"}), _VERIFIED_ONLY | {"producer": "NOT_FOUND"}),
}  # fmt: skip

VALUE: Final = "VALUE"
SILENCE: Final = "SILENCE"
_ONLY_OWNER = {
    "listener": "BAD_REQUEST",
    "producer": "BAD_REQUEST",
    "unverified": "BAD_REQUEST",
} | UNAUTHENTICATED


@dataclass(frozen=True)
class Stream:
    """A subscription: how to ask for it, and what each viewer hears first; those left out get a value."""

    of: str
    asks: str
    hears: dict[str, str]


STREAMS: Final = (
    Stream("trackChanged", "trackChanged(id: $track)", {}),
    Stream("trackChanged", "trackChanged(id: $hidden)", _ONLY_OWNER | {"visitor": "BAD_REQUEST"}),
    Stream(
        "myTracksChanged",
        "myTracksChanged",
        UNAUTHENTICATED
        | {"listener": "FORBIDDEN", "staff": "FORBIDDEN", "producer": SILENCE, "unverified": SILENCE},
    ),
    Stream("reconScanChanged", "reconScanChanged(id: $scan)", _ONLY_OWNER),
    Stream(
        "beatRequestMatched",
        "beatRequestMatched",
        UNAUTHENTICATED
        | {"listener": "FORBIDDEN", "staff": "FORBIDDEN", "unverified": "FORBIDDEN"}
        | {"producer": SILENCE, "owner": SILENCE},
    ),
    Stream("notificationAdded", "notificationAdded", UNAUTHENTICATED | dict.fromkeys(SIGNED_IN, SILENCE)),
    Stream(
        "notificationAdded",
        "notificationAdded(after: $notice)",
        UNAUTHENTICATED | dict.fromkeys(SIGNED_IN - {"owner"}, "BAD_CURSOR"),
    ),
    Stream(
        "purchaseChanged",
        "purchaseChanged(id: $purchase)",
        UNAUTHENTICATED | dict.fromkeys(("producer", "unverified", "owner"), "BAD_REQUEST"),
    ),
    Stream(
        "payoutAccountChanged",
        "payoutAccountChanged",
        UNAUTHENTICATED | dict.fromkeys(("listener", "staff"), "FORBIDDEN"),
    ),
    Stream("uploadChanged", "uploadChanged(id: $upload)", _ONLY_OWNER | {"staff": "BAD_REQUEST"}),
    Stream("dataExportChanged", "dataExportChanged(id: $export)", _ONLY_OWNER | {"staff": "BAD_REQUEST"}),
    Stream("producerRequestChanged", "producerRequestChanged(id: $request)", _ONLY_OWNER),
)
