#include "ingest/prose_cues.h"

#include <stdlib.h>
#include <string.h>

/* Words of each class, folded as token keys are ("für" is fur), parted by spaces. */
static const struct {
    uint32_t class;
    const char *words;
} WORDS[] = {
    {WORD_HEDGE,
     "about approximately approx around roughly nearly almost circa ca just only some up to as "
     "much "
     "many over under exceeding exceeds exceed excess around estimated maximum max minimum min at "
     "least most more less fewer than etwa rund ungefahr knapp gut bis zu maximal mindestens uber "
     "unter nur environ pres presque jusqu plus moins jusque unos unas casi hasta alrededor "
     "aproximadamente mas menos between zwischen entre full generous impressive claimed quoted "
     "healthy mere whopping total combined remarkably low high"},
    {WORD_LINK,
     "of is are was were be been being at in to a an the its their remains remained remain "
     "maintained maintains stands stood stays measures comes reaches reached reaching reads figure "
     "figures rating value values total capacity from for with up now and respectively ist sind "
     "war "
     "waren betragt betrug liegt lag bei von auf im am mit der die das den dem ein eine einen "
     "einem "
     "einer est sont etait de du d des la le les l un une en es son era el los las una con del que "
     "s produces offers offering output outputs ranging ranges ranged rated"},
    {WORD_NEGATION,
     "not no never neither nor without cannot isn doesn don won wasn weren hasn haven didn couldn "
     "wouldn aren nicht kein keine keinen nie ohne pas ne jamais sans "
     "nunca sin ni"},
    {WORD_UNREAL,
     "would could might may should planned plans plan expected expects rumoured rumored reportedly "
     "proposed cancelled canceled scheduled concept prototype if hypothetical allegedly speculated "
     "speculates speculation likely reckons guess "
     "supposed hoped soll sollen sollte geplant "
     "erwartet voraussichtlich angeblich serait pourrait devrait prevu prevoit si seria podria "
     "deberia previsto esperado"},
    {WORD_MORE,
     "more less fewer extra additional higher lower greater longer shorter wider narrower taller "
     "lighter heavier faster slower quicker cheaper dearer bigger smaller larger better worse "
     "deeper "
     "improvement increase decrease reduction gain boost bump jump saving savings difference mehr "
     "weniger langer kurzer breiter schmaler hoher niedriger leichter schwerer schneller langsamer "
     "gunstiger teurer grosser kleiner supplementaires mas menos adicionales"},
    {WORD_ADDED,
     "by another additional extra further gained gains gain gaining adds added adding add lost "
     "loses "
     "lose losing shed sheds shedding saves saved saving um weitere weiteren zusatzliche "
     "zusatzlichen adicionales otros supplementaires"},
    {WORD_CHANGE,
     "rises rose risen rising rise increased increases increasing increase grew grows growing grow "
     "raised raises raising improved improves improving drop dropped drops dropping fell falls "
     "falling "
     "reduced reduces reducing decreased decreases decreasing climbs climbed climbing cut cuts "
     "boosted boosts boosting upgraded upped lowered lowers uprated expanding expands expanded "
     "extended extends stretched up down steigt stieg wuchs wachst sinkt sank erhoht gesteigert "
     "reduziert gestiegen augmente passe passant passait baisse diminue aumenta sube pasa pasando "
     "baja crece"},
    {WORD_INSTEAD,
     "than instead rather versus vs compared against unlike statt anstatt anstelle gegenuber als "
     "contre que lieu frente comparado replacing replaces replaced supersedes supplanting ersetzt "
     "remplace sustituye"},
    {WORD_ENGINE,
     "engine engines motor motors unit units bi parallel tricilindrico cilindrico tetracilindrico "
     "turbo turbocharged supercharged twincharged twincharger naturally "
     "aspirated diesel petrol gasoline gas v6 v8 v v10 v12 w12 hemi inline straight flat boxer "
     "cylinder cylinders four five six eight twin hybrid tdi tsi tfsi fsi hdi dci cdi crdi cdti "
     "tdci "
     "vtec ecoboost multijet skyactiv puretech mivec two stroke rotary wankel l i block mill "
     "powertrain powerplant benziner dieselmotor benzinmotor ottomotor motoren moteur moteurs "
     "essence thermique quatre cilindros gasolina reihensechszylinder vierzylinder sechszylinder "
     "achtzylinder dreizylinder funfzylinder zwolfzylinder turbodiesel turbobenziner biturbo cyl "
     "ecodiesel duramax powerstroke cummins pentastar mhev phev plug"},
    {WORD_VARIANT,
     "model models variant variants version versions trim trims edition editions form guise spec "
     "specification specifications grade grades derivative derivatives configuration variante "
     "varianten ausfuhrung modell modelle modellvariante sondermodell finition finitions modele "
     "acabado modelo modelos versiones powered engined equipped"},
    {WORD_VERB,
     "has is was gets got makes made delivers delivered produces produced offers offered weighs "
     "weighed costs cost develops developed comes came uses used features featured achieves "
     "achieved "
     "returns returned takes took reaches reached sprints boasts boasted packs packed manages "
     "managed covers covered can tows carries carried seats seated combines combined had have "
     "generates generated needs needed hits accelerates accelerated starts started tops measures "
     "measured receives received puts rides runs ran sits stands goes went adds provides provided "
     "drives pairs paired holds held consumes emits emitted does did will leistet hat kostet wiegt "
     "entwickelt "
     "bietet fahrt erreicht verbraucht beschleunigt braucht ist kommt besitzt misst schafft "
     "developpe "
     "offre pese coute affiche atteint consomme est possede mesure dispose tiene pesa cuesta "
     "alcanza "
     "desarrolla ofrece entrega acelera mide consume es"},
    {WORD_PRONOUN, "it they he she er sie es il elle ils elles this these that both"},
    {WORD_NO_NAME,
     "january february march april may june july august september october november december januar "
     "februar marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout "
     "septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto "
     "septiembre octubre noviembre diciembre north south east west america american europe "
     "european "
     "europa us usa uk japan japanese china chinese india australia australian canada canadian "
     "germany "
     "german deutschland france french spain italy italian britain british middle asia asian "
     "africa "
     "epa wltp nedc iihs nhtsa euro ncap nefz cltc vat mwst tva iva gbp eur usd chf co2 led abs "
     "suv "
     "mpv ev evs awd fwd rwd cvt dct dsg gps hvac din sae ece bev technology group company "
     "motors motor auto show international monday tuesday wednesday thursday friday saturday "
     "sunday "
     "road year top best new standard optional available also one two three"},
    {WORD_CHARGE,
     "charge charges charged charging charger chargers recharge recharges recharging dc ac rapid "
     "fast wallbox ladt laden ladeleistung lade schnelllader ladestation schnellladen charger "
     "borne "
     "rapide carga cargador recarga"},
    {WORD_FLEET, "average rivals rival competitors competitor fleet sales sold deliveries "
                 "durchschnitt konkurrenz "
                 "durchschnittliche moyenne promedio rivales"},
    {WORD_FORMER,
     "predecessor predecessors outgoing previous previously old older formerly "
     "altere alteren alterer alteres fruhere fruheren vorige vorigen ancien ancienne anciens "
     "vorganger vorgangers bisherige bisherigen predecesseur precedente precedent antecesor "
     "predecesor anterior"},
    {WORD_OPTION,
     "pack package packages packs option options optional paint destination delivery deposit "
     "subscription monthly month fee fees tax taxes charge grant incentive credit discount wheels "
     "upgrade paket aufpreis monat monatlich rate anzahlung option supplement mois paquete mes "
     "insurance service warranty accessory accessories repair fine refund"},
    {WORD_ARTICLE, "the a an its his their our this that these those der die das den dem des ein "
                   "eine einen einem "
                   "einer le la les l un une el los las una su"},
    {WORD_PREPOSITION, "with in for on behind at from excluding including without depending under "
                       "when if per mit bei "
                       "im in fur auf hinter inklusive inkl zzgl nach je ohne avec pour en sur "
                       "derriere selon sans hors "
                       "con para por sin tras segun"},
    {WORD_TOPIC,
     "engine engines motor motors performance dimension dimensions weight weights interior "
     "exterior "
     "design safety history overview introduction summary conclusion powertrain powertrains "
     "transmission chassis suspension brakes steering fuel economy consumption emissions price "
     "prices "
     "pricing charging battery range equipment features technology specifications specification "
     "specs "
     "technical data sheet notes references sources background development production marketing "
     "awards reception sales safety rating ratings towing capacity capacities luggage space "
     "practicality "
     "comfort infotainment warranty maintenance service electrical body drivetrain running costs "
     "driving on the road in and of at a glance key facts highlights verdict review details "
     "general "
     "about other more information contents see also external links further reading gallery models "
     "variants versions trims trim levels options accessories colours colors motorsport racing "
     "culture concept availability market markets rivals competitors motorisierung motoren antrieb "
     "fahrwerk abmessungen gewichte masse verbrauch fahrleistungen innenraum karosserie sicherheit "
     "ausstattung geschichte technik technische daten preise moteur moteurs dimensions poids "
     "consommation interieur exterieur securite equipements histoire prix tarifs caracteristiques "
     "motores dimensiones peso consumo interior seguridad equipamiento historia precio precios "
     "datos "
     "tecnicos und et y wltp our range cars used new sale for what is wheel wheels tyres tires "
     "size "
     "cargo boot trunk storage passenger space vehicle vehicles information identification"},
    {WORD_GENERATION,
     "generation generations gen series mk mark phase facelift restyling refresh redesign baureihe "
     "modellreihe serie modellgeneration generacion lci typ type first second third fourth fifth "
     "sixth "
     "seventh eighth ninth tenth eleventh twelfth erste zweite dritte vierte funfte sechste siebte "
     "achte premiere deuxieme troisieme quatrieme cinquieme sixieme primera segunda tercera cuarta "
     "quinta sexta pre"},
    {WORD_AND, "and or to und oder bis et ou a y o u hasta plus"},
    {WORD_VEHICLE,
     "car cars vehicle vehicles suv suvs trucks sedans crossovers hatchbacks wagons coupes vans "
     "pickups truck pickup van crossover sedan saloon hatchback hatch wagon "
     "estate coupe convertible roadster motorcycle bike ev model machine auto wagen fahrzeug "
     "gelandewagen limousine kombi voiture vehicule modele break berline coche vehiculo berlina "
     "todoterreno newcomer tractor lorry bus minibus coach motorhome campervan camper scooter moped motorbike"},
    {WORD_GEARBOX,
     "manual manuals automatic automatics auto autos transmission transmissions gearbox gearboxes "
     "dsg "
     "dct dual automated sequential pdk amt tiptronic geartronic torqueflite steptronic hydramatic "
     "powershift ecvt cvt schaltgetriebe getriebe automatik automatikgetriebe"},
    {WORD_ENDED,
     "discontinued discontinuation dropped eliminated deleted removed retired withdrawn axed "
     "eingestellt entfiel entfallt abandonne supprime eliminado retirado"},
    {WORD_DOCUMENT, "review reviews test tests drive manual owner owners operator operators rider riders workshop "
                    "handbook guide brochure "
                    "press release report "
                    "road first long term buying buyers factsheet fahrbericht testbericht "
                    "betriebsanleitung prospekt "
                    "pressemitteilung essai communique prueba all new"},
    {WORD_MOTOR_PART,
     "front rear electric second third traction starter vordere hintere arriere avant"},
    {WORD_PER, "per pro par por je"},
};

/* Phrases and what they say: a id, where the figure stands, the phrases parted by bars. Ids that
 * the registry lacks are passed over. */
enum { CUE_COUNTED = 4 };
static const struct {
    const char *attribute;
    unsigned sides;
    const char *phrases;
} PHRASES[] = {
    {"curb_weight", CUE_BEFORE,
     "weighs|weighing|weigh|weighed|tips the scales at|tipping the scales at|unladen it "
     "weighs|wiegt|"
     "wog|bringt auf die waage|leergewicht|pese|pesait|pesant|pesa|pesaba|peso en vacio|poids a "
     "vide"},
    {"curb_weight", CUE_AFTER,
     "at the kerb|at the curb|leergewicht|kerb weight|curb weight|unladen|leer|a vide"},
    {"gross_weight", CUE_BEFORE,
     "permitted maximum|permitted maximum weight|permitted maximum mass|permitted gross weight|maximum permitted weight|"
     "permitted total|zulassiges gesamtgewicht|zul gesamtgewicht|gesamtgewicht|ptac|poids total autorise"},
    {"oil_capacity", CUE_BEFORE, "fullmenge mit filter|fullmenge ohne filter|oil change takes|oil change needs"},
    {"payload", CUE_BEFORE,
     "carries|carry|carrying|hauls|haul|hauling|payload|payloads|zuladung|nutzlast|charge utile|"
     "carga util|emporte|emporter|embarque|peut charger|charge jusqu a|transporte|tragt|"
     "transportiert|befordert"},
    {"payload", CUE_AFTER, "of payload|payload|zuladung|nutzlast|de charge utile|de carga util"},
    {"towing_capacity", CUE_BEFORE,
     "tow|tows|towing|pull|pulls|pulling|trailer|trailers|caravan|anhangelast|zieht|anhanger|"
     "tracter|tracte|remorque|remorquer|remolcar|remolca|remolque|haul a trailer"},
    {"towing_capacity", CUE_AFTER,
     "can be towed|towing|max towing|maximum towing|trailer|trailers|towing capacity|of towing "
     "capacity|of towing|anhangelast|"
     "braked trailer|de remorque|de remolque"},
    {"cargo_volume", CUE_BEFORE,
     "boot|trunk|cargo|luggage|swallows|swallow|swallowing|kofferraum|kofferraumvolumen|coffre|"
     "maletero|cargo space|cargo capacity|luggage capacity|boot capacity|boot space|load space|"
     "load volume|laderaum|ladevolumen|gepackraum|volume de chargement|volumen de carga"},
    {"cargo_volume", CUE_AFTER,
     "of luggage|of cargo|of boot space|of trunk space|of cargo space|of luggage space|of storage|"
     "luggage|cargo|boot|trunk|kofferraum|kofferraumvolumen|gepackraum|laderaum|de coffre|"
     "de maletero|of space|of load space|behind the rear seats|behind the third row|"
     "with the seats folded|with the rear seats folded|with the seats up|with the seats down"},
    {"fuel_tank_capacity", CUE_BEFORE,
     "tank|tank holds|fuel tank|tank capacity|tankinhalt|tankvolumen|reservoir|deposito|"
     "deposito de combustible"},
    {"fuel_tank_capacity", CUE_AFTER,
     "fuel tank|tank|tank capacity|of fuel|gas tank|petrol tank|tankinhalt"},
    {"fresh_water_capacity", CUE_BEFORE | CUE_AFTER,
     "fresh water tank|fresh water|water tank|of fresh water|of water|drinking water tank|frischwassertank|frischwasser|"
     "wassertank|reservoir d eau propre|eau propre|deposito de agua limpia|agua limpia"},
    {"waste_water_capacity", CUE_BEFORE | CUE_AFTER,
     "waste water tank|waste tank|waste water|of waste water|grey water|grey water tank|gray water tank|abwassertank|abwasser|"
     "eaux usees|aguas grises"},
    {"fridge_volume", CUE_BEFORE | CUE_AFTER,
     "fridge holds|fridge|refrigerator|of fridge space|kuhlschrank|refrigerateur|frigo|frigorifico|nevera"},
    {"berths", CUE_COUNTED, "berths|berth|sleeping places|beds|schlafplatze|couchages|plazas de dormir"},
    {"berths", CUE_BEFORE, "sleeps|sleeping|sleeping room for"},
    {"ground_clearance", CUE_BEFORE | CUE_AFTER,
     "ground clearance|ride height|of ground clearance|bodenfreiheit|garde au sol|de garde au sol|"
     "altura libre al suelo|distancia al suelo|altura al suelo"},
    {"length", CUE_AFTER,
     "long|in length|lang|lange|de long|de longueur|de largo|de longitud|length|nose to "
     "tail|bumper to bumper"},
    {"length", CUE_BEFORE, "overall length|length|stretches|lange|longueur|longitud"},
    {"width", CUE_AFTER, "wide|in width|breit|breite|de large|de largeur|de ancho|width|across"},
    {"width", CUE_BEFORE, "width|breite|largeur|anchura|ancho"},
    {"height", CUE_AFTER,
     "tall|high|in height|hoch|hohe|de haut|de hauteur|de alto|de altura|height"},
    {"height", CUE_BEFORE, "height|overall height|hohe|hauteur|altura"},
    {"wheelbase", CUE_BEFORE | CUE_AFTER,
     "wheelbase|radstand|empattement|d empattement|batalla|distancia entre ejes|of "
     "wheelbase|between the axles"},
    {"wading_depth", CUE_BEFORE | CUE_AFTER,
     "wading depth|wade|wades|wading|wattiefe|profondeur de gue|fording depth|ford|of water"},
    {"turning_circle", CUE_BEFORE | CUE_AFTER,
     "turning circle|wendekreis|diametre de braquage|diametro de giro|turning diameter"},
    {"turning_circle", CUE_BEFORE,
     "turns in|turn in|turns within|turn within|turns around in|turns round in|turned in|can turn "
     "in|u turn in|wendet auf|wendet in|wenden auf|tourne en|braque en|gira en|da la vuelta en"},
    {"top_speed", CUE_BEFORE,
     "top speed|top speeds|maximum speed|tops out at|topping out at|top out at|maxes out at|"
     "flat out|runs on to|runs to|v max|vmax|hochstgeschwindigkeit|spitze|vitesse maximale|"
     "vitesse de pointe|vitesse maxi|velocidad maxima|limited to|reaches|reach|capable of|"
     "spitzengeschwindigkeit|pointe|abgeregelt|erreicht|atteint|alcanza"},
    {"top_speed", CUE_AFTER,
     "top speed|maximum speed|flat out|spitze|hochstgeschwindigkeit|en pointe|de vitesse maximale|"
     "de velocidad maxima|schnell|de pointe|of top speed"},
    {"electric_range", CUE_BEFORE,
     "range|ranges|covers|cover|travels|travel|good for|reichweite|autonomie|autonomia|rated at|"
     "parcourir|parcourt|parcourent|recorrer|recorre|"
     "driving range|electric range|epa rated at|drive|go"},
    {"electric_range", CUE_AFTER,
     "on the wltp cycle|on the wltp|of range|of electric range|range|electric range|on a charge|on a single charge|per charge|"
     "on a full charge|on one charge|reichweite|d autonomie|de autonomia|of driving range|"
     "of electric driving|on electric power|on battery power|elektrische reichweite|between "
     "charges"},
    {"charging_power", CUE_BEFORE,
     "charges|charge|charging|charges at|takes|rapid charging|dc charging|ladeleistung|laden|ladt|"
     "recharge|charge rapide|carga rapida|recarga|charging power|charger|charges up|accepts"},
    {"charging_power", CUE_AFTER,
     "charging|dc charging|fast charging|rapid charging|charger|rapid charger|at a rapid charger|"
     "dc fast charging|ladeleistung|de recharge|de carga|ac charging"},
    {"battery_capacity", CUE_BEFORE | CUE_AFTER,
     "battery|battery pack|pack|batterie|akku|bateria|traction battery|lithium ion battery|cells"},
    {"price", CUE_BEFORE,
     "costs|cost|costing|price|prices|priced at|priced from|priced|starts at|starting at|start at|"
     "starts from|from|msrp|list price|base price|sticker price|retails at|retails for|sells "
     "for|sold for|"
     "asking|yours "
     "for|kostet|kosten|ab|preis|preise|grundpreis|listenpreis|einstiegspreis|prix|coute|"
     "coutait|a partir de|precio|cuesta|desde|a partir de los|tarif|facture|factures|starting "
     "price|"
     "begins at|begin at|carries a price of|asks|yours at|comes in at|paid"},
    {"price", CUE_AFTER,
     "on the road|msrp|list price|base price|listenpreis|grundpreis|otr|before options|plus "
     "vat|excluding vat|starting price"},
    {"warranty", CUE_BEFORE | CUE_AFTER,
     "warranty|guarantee|garantie|garantia|de garantie|de garantia|of warranty"},
    {"warranty", CUE_BEFORE,
     "warranted|warranted for|guaranteed|guaranteed for|covered for|garanti|garanties|garantis|"
     "garantiees|"
     "garantiert|garantizada|garantizado"},
    {"warranty_distance", CUE_BEFORE,
     "warranted|warranted for|guaranteed|guaranteed for|garanti|garanties|garantis|garantiert|"
     "garantizada|garantizado"},
    {"airbags", CUE_COUNTED, "airbags|airbag|air bags|coussins gonflables|bolsas de aire"},
    {"warranty_distance", CUE_BEFORE | CUE_AFTER, "warranty|garantie|garantia"},
    {"production_count", CUE_COUNTED,
     "numbered cars|numbered examples|numbered units|cars built|units built|examples built|"
     "cars were built|units were built|examples were built|cars were made|cars were produced|"
     "units were produced|examples were produced|were built|were produced|were made|gebaut|"
     "exemplare|fahrzeuge gebaut|exemplaires|unidades|exemplaires produits|stuck gebaut|"
     "examples|units|vehicles were built|vehicles were produced|were manufactured"},
    {"seats", CUE_COUNTED,
     "seats|seat|seater|seaters|passengers|passenger|sitze|sitzplatze|sitzer|places|plazas|"
     "asientos|occupants|people|adults|passagiere|personen|passagers|pasajeros"},
    {"seats", CUE_BEFORE,
     "seats|seating for|seating|room for|space for|seat|accommodates|platz fur|carries up to|carry "
     "up to"},
    {"doors", CUE_COUNTED, "door|doors|tur|turen|turer|portes|puertas"},
    {"cylinders", CUE_COUNTED,
     "cylinder|cylinders|cyl|zylinder|zylindern|cylindres|cilindros|pot|pots"},
    {"gears", CUE_COUNTED,
     "speed|speeds|gang|gange|gears|rapports|vitesses|velocidades|marchas|gear|gangige"},
    {"drag_coefficient", CUE_BEFORE | CUE_AFTER,
     "drag coefficient|coefficient of drag|cd|cw wert|cw|cx|cd value|luftwiderstandsbeiwert|"
     "coeficiente aerodinamico|coefficient de trainee"},
    {"displacement", CUE_BEFORE | CUE_AFTER,
     "displacement|displacing|displaces|hubraum|cylindree|cilindrada|swept volume|de cylindree|"
     "de cilindrada"},
};

enum { N_BUCKETS = 4096, MAX_ENTRIES = 4096, MAX_COUNTED = 4 };

struct entry {
    const char *text; /* of the phrase, not terminated */
    uint16_t len, first_len;
    uint16_t next; /* + 1 in the chain of its bucket; 0: none */
    unsigned sides;
    int attribute; /* a word's: -1 */
    uint32_t classes;
};

struct prose_lexicon {
    uint16_t buckets[N_BUCKETS]; /* + 1 */
    struct entry entries[MAX_ENTRIES];
    size_t n;
    const struct unit **units; /* (REGISTRY_COUNT) canonical ones */
};

static uint32_t hash_key(const char *key, size_t len)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)key[i]) * 16777619u;
    return (h ^ h >> 15) & (N_BUCKETS - 1);
}

static void add_entry(struct prose_lexicon *lex, const char *text, size_t len, uint32_t classes,
                      unsigned sides, int attribute)
{
    size_t first = 0;
    while (first < len && text[first] != ' ') first++;
    uint16_t *bucket = &lex->buckets[hash_key(text, first)];
    if (classes)
        for (uint16_t at = *bucket; at; at = lex->entries[at - 1].next) {
            struct entry *e = &lex->entries[at - 1];
            if (!e->classes || e->len != len || memcmp(e->text, text, len) != 0) continue;
            e->classes |= classes;
            return;
        }
    if (lex->n == MAX_ENTRIES) return;
    lex->entries[lex->n] = (struct entry){.text = text,
                                          .len = (uint16_t)len,
                                          .first_len = (uint16_t)first,
                                          .next = *bucket,
                                          .sides = sides,
                                          .attribute = attribute,
                                          .classes = classes};
    *bucket = (uint16_t)++lex->n;
}

/* Adds each piece of `text` between separators. */
static void add_all(struct prose_lexicon *lex, const char *text, char separator, uint32_t classes,
                    unsigned sides, int attribute)
{
    while (*text) {
        const char *end = strchr(text, separator);
        size_t len = end ? (size_t)(end - text) : strlen(text);
        if (len) add_entry(lex, text, len, classes, sides, attribute);
        text += len + (end != NULL);
    }
}

struct prose_lexicon *prose_lexicon_create(struct arena *a)
{
    struct prose_lexicon *lex = arena_alloc(a, sizeof *lex);
    if (!lex) return NULL;
    lex->units = arena_array(a, REGISTRY_COUNT, sizeof *lex->units);
    if (!lex->units) return NULL;
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        lex->units[i] = REGISTRY[i].unit ? unit_by_symbol(REGISTRY[i].unit) : NULL;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        add_all(lex, WORDS[i].words, ' ', WORDS[i].class, 0, -1);
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++) {
        int attribute = registry_find(PHRASES[i].attribute);
        if (attribute >= 0) add_all(lex, PHRASES[i].phrases, '|', 0, PHRASES[i].sides, attribute);
    }
    return lex;
}

const struct unit *prose_canonical_unit(const struct prose_lexicon *lex, int attribute)
{
    return lex->units[attribute];
}

uint32_t prose_word(const struct prose_lexicon *lex, const struct token *t)
{
    if (t->kind != TOKEN_WORD) return 0;
    size_t len = strlen(t->key);
    for (uint16_t at = lex->buckets[hash_key(t->key, len)]; at; at = lex->entries[at - 1].next) {
        const struct entry *e = &lex->entries[at - 1];
        if (e->classes && e->len == len && !memcmp(e->text, t->key, len)) return e->classes;
    }
    /* German compounds end in what they are: "Dieselmaschine". */
    static const char *const ENGINES[] = {"motor",    "diesel",   "benziner",
                                          "zylinder", "maschine", "aggregat"};
    for (size_t i = 0; i < sizeof ENGINES / sizeof *ENGINES; i++) {
        size_t n = strlen(ENGINES[i]);
        if (len > n + 2 && !memcmp(t->key + len - n, ENGINES[i], n)) return WORD_ENGINE;
    }
    return 0;
}

/* The number of tokens at t[0, n) that are the entry's words; 0: they are not. */
static size_t match_entry(const struct entry *e, const struct token *t, size_t n)
{
    size_t at = 0, words = 0;
    while (at < e->len) {
        size_t end = at;
        while (end < e->len && e->text[end] != ' ') end++;
        if (words == n ||
            (words && (t[words].gap & (GAP_COMMA | GAP_STOP | GAP_OPEN | GAP_CLOSE | GAP_COLON))))
            return 0;
        if (strlen(t[words].key) != end - at || memcmp(t[words].key, e->text + at, end - at) != 0)
            return 0;
        words++;
        at = end + 1;
    }
    return words;
}

/* Whether a capitalised word stands beside others, not at the head of its sentence. */
static bool is_part_of_name(const struct token *t, size_t n, size_t i)
{
    if (!t[i].upper || i == 0 || (t[i].gap & (GAP_STOP | GAP_COLON | GAP_COMMA))) return false;
    /* "3 Jahre Garantie": behind a figure's unit, which German writes with a capital too */
    if (i > 1 && t[i - 2].kind == TOKEN_NUMBER && unit_parse_all(t[i - 1].key, strlen(t[i - 1].key)))
        return false;
    bool before = i > 1 && (t[i - 1].upper || t[i - 1].kind == TOKEN_NUMBER);
    bool behind = i + 1 < n && t[i + 1].gap == GAP_SPACE && t[i + 1].upper;
    return before || behind;
}

size_t prose_cues_find(const struct prose_lexicon *lex, const struct token *t, size_t n,
                       struct prose_cue *out, size_t max)
{
    size_t found = 0;
    for (size_t i = 0; i < n && found < max; i++) {
        if (t[i].kind != TOKEN_WORD) continue;
        size_t longest = 0;
        bool in_name = is_part_of_name(t, n, i); /* "XC40 Recharge", "Long Range" */
        for (uint16_t at = lex->buckets[hash_key(t[i].key, strlen(t[i].key))]; at && found < max;
             at = lex->entries[at - 1].next) {
            const struct entry *e = &lex->entries[at - 1];
            if (!(e->sides & (CUE_BEFORE | CUE_AFTER))) continue;
            size_t used = match_entry(e, t + i, n - i);
            if (used == 0 || (used == 1 && in_name)) continue;
            if (used > longest) longest = used;
            out[found++] = (struct prose_cue){i, used, e->attribute, 0, e->sides, false};
        }
        const struct term *terms;
        size_t n_terms = 0, used = registry_match(t + i, n - i, &terms, &n_terms);
        if (used == 1 && in_name) used = 0;
        for (size_t k = 0; used && k < n_terms && found < max; k++) {
            if (terms[k].kind != TERM_ATTRIBUTE || terms[k].code || terms[k].weak ||
                terms[k].superlative || terms[k].comparative || (terms[k].asking && used == 1))
                continue;
            unsigned sides = terms[k].asking ? CUE_BEFORE : CUE_BEFORE | CUE_AFTER;
            out[found++] = (struct prose_cue){
                i, used, terms[k].id, terms[k].qualifiers, sides, terms[k].inverse};
            if (used > longest) longest = used;
        }
        if (longest > 1) i += longest - 1;
    }
    return found;
}

bool prose_number_word(const char *key, double *value)
{
    static const struct {
        const char *word;
        int value;
    } NUMBERS[] = {
        {"two", 2},    {"three", 3}, {"four", 4},  {"five", 5},    {"six", 6},     {"seven", 7},
        {"eight", 8},  {"nine", 9},  {"ten", 10},  {"eleven", 11}, {"twelve", 12}, {"sixteen", 16},
        {"zwei", 2},   {"drei", 3},  {"vier", 4},  {"funf", 5},    {"sechs", 6},   {"sieben", 7},
        {"acht", 8},   {"neun", 9},  {"zehn", 10}, {"zwolf", 12},  {"deux", 2},    {"trois", 3},
        {"quatre", 4}, {"cinq", 5},  {"sept", 7},  {"huit", 8},    {"neuf", 9},    {"dix", 10},
        {"douze", 12}, {"dos", 2},   {"tres", 3},  {"cuatro", 4},  {"cinco", 5},   {"seis", 6},
        {"siete", 7},  {"ocho", 8},  {"nueve", 9}, {"diez", 10},   {"doce", 12},
    };
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++)
        if (!strcmp(key, NUMBERS[i].word)) {
            *value = NUMBERS[i].value;
            return true;
        }
    return false;
}

int prose_count_noun(const struct prose_lexicon *lex, const struct token *t, size_t n, size_t *used)
{
    int attribute = -1;
    *used = 0;
    if (n == 0 || t->kind != TOKEN_WORD) return -1;
    for (uint16_t at = lex->buckets[hash_key(t->key, strlen(t->key))]; at;
         at = lex->entries[at - 1].next) {
        const struct entry *e = &lex->entries[at - 1];
        if (!(e->sides & CUE_COUNTED)) continue;
        size_t words = match_entry(e, t, n);
        if (words > *used) {
            *used = words;
            attribute = e->attribute;
        }
    }
    return attribute;
}
