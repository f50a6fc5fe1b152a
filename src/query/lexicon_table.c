/* The phrases of the lexicon, by language and class. A phrase may stand under several classes: the
 * reader of the question decides by what stands beside it. */
#include "query/lexicon_table.h"

enum { EN = 1, DE = 2, FR = 4, ES = 8, ZH = 16 };

const struct lexicon_line LEXICON_LINES[] = {
    /* ---- English ---- */
    {WORD_FUNCTION, EN,
     "a|an|the|of|to|in|on|at|by|for|from|with|as|into|onto|off|out|up|down|per|via|within|"
     "among|across|this|that|these|those|there|here|and|or|but|if|then|so|than|it|its|i|"
     "you|we|they|he|she|me|us|them|my|your|our|their|his|her|is|are|was|were|be|been|being|am|"
     "does|do|did|has|have|had|having|can|could|will|would|shall|should|may|might|must|which|what|"
     "who|whose|whom|when|where|why|how|not|no|nor|while|during|between|under|over|above|below|"
     "about|after|before|since|until|against|also|too|very|really|quite|just|only|even|still"
     "|throughout|beside|besides|despite|though|although|whether|because|unless|upon"
     "|toward|towards|around|any|each"},
    {WORD_FILLER, EN,
     "please|tell|give|gives|gave|given|giving|show|say|says|said|state|know|need|needs|needed|want|"
     "wants|wanted|get|gets|got|getting|gotten|come|comes|came|coming|make|makes|made|making|put|"
     "puts|take|takes|took|taken|taking|go|goes|going|went|gone|do|done|doing|offer|offers|offered|"
     "offering|provide|provides|provided|deliver|delivers|delivered|produce|produces|produced|"
     "develop|develops|developed|have|having|find|found|look|looks|looking|see|seen|like|liked|"
     "let|lets|use|uses|used|using|own|owns|buy|bought|buying|sell|sold|selling|drive|drives|"
     "driving|driven|drove|run|runs|ran|running|carry|carries|carried|feature|features|featured|"
     "come|equipped|fitted|fit|fits|rated|rate|rates|rating of|listed|lists|list for|stated|states|"
     "quoted|quotes|claimed|official|officially|exactly|approximately|roughly|around|approx|"
     "actual|actually|currently|current|today|now|then|back then|back in the day|ever|usually|"
     "normally|already|so far|at the tailpipe|from the tailpipe|out of the tailpipe|alone|typically|typical|maybe|perhaps|possibly|thanks|thank you|hello|hi|hey|ok|okay|well|"
     "anyway|btw|pls|plz|kinda|kind of|sort of|sort|lot|lots|bit|bits|thing|things|stuff|way|ways|"
     "something|anything|someone|anyone|people|folks|guys|man|mate|question|answer|info|"
     "information|detail|details|value|values|figure|figures|number|numbers|amount|level|measure|"
     "measured|spec|stand|stands|standing|lie|lies|good|nice|great|right|fine|sure|possible|able|"
     "allowed|permitted|supposed|meant|expected|expect|quickly|soon|manage|manages|managed|"
     "achieve|achieves|achieved|reach|reaches|reached|hit|hits|return|returns|returned|hold|holds|"
     "held|keep|keeps|kept|stay|stays|stayed|remain|remains|turn|turns|turned|work|works|worked|"
     "call|calls|called|name|named|names|belong|belongs|belonging|count for|account|mean|means|"
     "old|brand|brand new|original|originally|new|newer|own|called|there|here|it s|that s|"
     "what s|whats|wheres|hows|how s|whos|isn|aren|doesn|don|didn|can t|t|s|re|ve|ll|d|m|im|"
     "wondering|curious|check|checking|confirm|help|calculate|compute|convert|converted|express|"
     "expressed|written|write|in terms of|when it comes to|regarding|concerning|according to|"
     "according|based on|each other|one another|others|other|another|both|either|neither|two|"
     "respectively|overall|in general|general|generally|altogether|together|such|same|"
     "available|sold|on sale|launched|released|introduced|built in|made in|produced in|dated|"
     "from the factory|factory|standard|stock|as standard|on paper|in practice|real|really|"
     "full|whole|entire|complete|single|one|once|time|times|every|all|each|of them|out there|"
     "side|hand|end|top of|part|place|point|case|world|market|year|years|month|day|days|"
     "model year|my|version of|type of|types of|what kind of|what type of|what sort of|kind|kinds|"
     "type|types|for me|for us|for sale|me|i want|i need|want to know|need to know|"
     "id like|i d like|would like|looking for|interested in|please tell me|"
     "how come|under the bonnet|under the hood|bonnet|hood|owner|owners|owned|customer|driver|"
     "quick question|i mean|i meant|good morning|good afternoon|good evening|good day|sorry|excuse me|cheers|many thanks|fyi|asap|for the tax|tax|purpose|purposes|work|trip|trips|home|at home|abroad|"
     "sit|sits|sitting|boast|boasts|pack|packs|packed|house|houses|housed|sport|sports a|"
     "come in at|clock|clocks|score|scored|scores|post|posts|posted|get out of|come out of|"
     "comes out of|put out|puts out|puts|on average|"
     "want it|think|thinks|guess|believe|remember|forget|mention|mentioned|mentions|"
     "anywhere|somewhere|everywhere|nowhere|by any chance|any chance|worth|deal|case of|"
     "build|builds|building|start|started|starts|begin|begins|began|bad|purely|fully|entirely|pure|wise|"
     "battery of|charge me|roughly speaking|as it is|as such|with that|with this|the one|emerge|"
     "hang|hook|stick|haul|lug|fill|fills|filled|stuff|squeeze|throw|load up|chuck|drop|cram|bring|"
     "brings|brought|pay|pays|paid|spend|spends|spent|save|saves|saved|earn|earned|award|awarded|"
     "assign|assigned|classify|classified|class as|categorized|categorised|treated|count as|counted|"
     "record|recorded|report|reported|register|registered|publish|published|print|printed|"
     "claim|claims|promise|promised|suggest|suggests|recommend|recommended|require|requires|required|"
     "accept|accepts|allow|allows|permit|permits|let|support|supports|supported|handle|handles|"
     "contain|contains|contained|include|includes|included|involve|consist|consists|comprise|"
     "last|lasts|happen|happens|change|changes|changed|move|moves|moved|push|pushes|pushed|pull off|"
     "stop|stops|wait|please note|roughly how|exactly how|precise|precisely|nominal|nominally|"
     "respective|corresponding|quote|quoted|document says|says the|as per|per the|rather|instead|"
     "honestly|frankly|seriously|simply|basically|literally|probably|surely|definitely|certainly|"
     "obviously|apparently|supposedly|allegedly|technically|theoretically|realistically|"
     "friend|wife|husband|boss|client|buyer|colleague|neighbour|neighbor|son|daughter|dad|mum|mom|"
     "come with|comes with|came with|go for|goes for|went for|sold for|sell for|sells for|ask for|asking"
     "|based|located|situated|parked|stationed|positioned|garaged|stored|live|lives|due|limit"
     "|limits|appear|appears|appeared|become|becomes|became|seem|seems|seemed"
     "|exist|exists|existed|mind|next up|gonna|wanna|gotta|company|firm|tester|testers|reviewer|reviewers|did the company|unavailable|at the moment|at present|right now|as of now|at this time"},
    {WORD_WHICH, EN, "which|what|which one|which ones|which of|what are the|which are"},
    {WORD_HOW_MANY, EN, "how many|howmany"},
    {WORD_HOW_MUCH, EN, "how much|how"},
    {WORD_WHO, EN, "who makes|who made|who builds|who built|who manufactures|who produces|made by|whos the maker of"},
    {WORD_WHEN, EN, "when|what year|which year|in which year|in what year"},
    {WORD_LIST, EN,
     "list|show|show me|give me|name|enumerate|find|find me|all|list all|show all|name all|every|"
     "what are|which are|display|print"},
    {WORD_COUNT, EN, "number of|count|count of|quantity of|total number of|the number of"},
    {WORD_AVERAGE, EN, "average|mean|avg|on average|averaged|averages"},
    {WORD_SUM, EN, "add up to|adds up to|add up|adds up|together|put together|taken together|added together|added up|combined together|between them all|all of them together|in total|total|sum|sum of|in all|altogether|combined total|all together"},
    {WORD_RANGE, EN,
     "range from|ranges from|ranging from what|from what to what|between what and what|spread of|"
     "from the least to the most|from least to most|from lowest to highest|lowest and highest|"
     "least and most|minimum and maximum|min and max|from the lowest to the highest|span"},
    {WORD_MOST, EN,
     "most|highest|largest|biggest|greatest|maximum|max|longest|top|widest|deepest|tallest|peak|"
     "the most"},
    {WORD_LEAST, EN,
     "least|lowest|smallest|fewest|minimum|min|shortest|littlest|tiniest|narrowest|the least|slightest"},
    {WORD_BEST, EN, "best|finest|optimal|ideal"},
    {WORD_WORST, EN, "worst|poorest"},
    {WORD_TOP, EN, "top|first|best|leading"},
    {WORD_BOTTOM, EN, "bottom|last"},
    {WORD_MORE, EN, "more|higher|larger|bigger|greater|longer|extra|further"},
    {WORD_LESS, EN, "less|lower|smaller|fewer|shorter"},
    {WORD_BETTER, EN, "better|superior|ahead|wins|win|winner|beats|beat|who wins"},
    {WORD_WORSE, EN, "worse|inferior|behind|loses|lose"},
    {WORD_THAN, EN, "than|compared to|compared with"},
    {WORD_OVER, EN,
     "over|above|more than|greater than|higher than|larger than|bigger than|exceeding|exceeds|"
     "exceed|beyond|upwards of|north of|in excess of|better than|"
     "wider than"},
    {WORD_UNDER, EN,
     "under|below|less than|lower than|fewer than|smaller than|"
     "south of|beneath|short of|inside of"},
    {WORD_AT_LEAST, EN, "at least|no less than|not less than|minimum of|a minimum of|min|no fewer than|from at least|not under|not below"},
    {WORD_AT_MOST, EN,
     "at most|no more than|not more than|up to|maximum of|a maximum of|at the most|not over|"
     "not above|max|within|stay under"},
    {WORD_OR_MORE, EN, "or more|or above|or higher|or over|and up|plus|and above|or greater|or longer|or up|or larger|upwards|onwards|or later|or newer|and newer|and later"
     "|or bigger|or wider|or taller|or heavier|or farther|or further|or stronger|or upwards"
     "|or beyond|or more powerful|and higher|and more|and larger|and longer|and bigger|and heavier"
     "|or so and up"},
    {WORD_OR_LESS, EN, "or less|or under|or lower|or below|or fewer|and under|and below|or shorter|or smaller|or cheaper|or earlier|or older|and older|and earlier"
     "|or lighter|or narrower|or nearer|or closer|or weaker|and less|and lower|and fewer"
     "|and smaller|and shorter|and lighter|and cheaper|or less than that"},
    {WORD_OR_BETTER, EN, "or better|or quicker|or faster|and better|and faster|or superior"},
    {WORD_OR_WORSE, EN, "or worse|or slower|and worse|and slower"},
    {WORD_EXACTLY, EN, "exactly|precisely|equal to|equals|equal"},
    {WORD_ABOUT, EN, "about|around|approximately|roughly|approx|circa|ca"},
    {WORD_BETWEEN, EN, "between|from|in the range|ranging from"},
    {WORD_SINCE, EN, "since|from"},
    {WORD_BEFORE, EN, "before|until|up to|prior to|till|older than|earlier than"},
    {WORD_AFTER, EN, "after|later than|newer than"},
    {WORD_MEDIAN, EN, "median|middle value"},
    {WORD_SHARE, EN, "share of|percentage of|proportion of|fraction of|percent of|per cent of"},
    {WORD_REFUSED, EN, "standard deviation|variance|percentile|percentiles|quartile|geometric mean|weighted average|moving average"},
    {WORD_MEDIAN, DE, "median|medianwert|zentralwert"},
    {WORD_SHARE, DE, "anteil der|anteil von|anteil an|prozent der|prozent von|prozentsatz der"},
    {WORD_REFUSED, DE, "standardabweichung|varianz|perzentil|quartil|gewichteter durchschnitt"},
    {WORD_MEDIAN, FR, "mediane|median"},
    {WORD_SHARE, FR, "part des|part de|part du|pourcentage des|pourcentage de|proportion des|proportion de|pour cent des"},
    {WORD_REFUSED, FR, "ecart type|variance|quartile|centile|moyenne ponderee"},
    {WORD_MEDIAN, ES, "mediana|mediano"},
    {WORD_SHARE, ES, "porcentaje de|proporcion de|por ciento de"},
    {WORD_REFUSED, ES, "desviacion estandar|desviacion tipica|varianza|percentil|cuartil|media ponderada"},
    {WORD_MEDIAN, ZH, "中位数|中位值|中值|中位"},
    {WORD_REFUSED, ZH, "标准差|方差|加权平均"},
    {WORD_NOT, EN, "not|without|no|except|non|excluding|but not|other than|isn t|aren t|doesn t|don t|apart from|none|never|lack|lacks|lacking"
     "|can t|cannot|won t|haven t|hasn t|hadn t|wasn t|weren t|didn t|couldn t|wouldn t|isnt|arent|dont|doesnt|cant|wont|havent|hasnt|didnt"
     "|neither|nor"
     "|w o"},
    {WORD_AND, EN, "and|as well as|plus|along with|together with"},
    {WORD_OR, EN, "or"},
    {WORD_COMPARE, EN, "compare|compared|comparison|comparing|versus|vs|against|compares|difference between|or|head to head"},
    {WORD_DIFFERENCE, EN,
     "by how much|by how many|how much more|how much less|how many more|how many less|"
     "how many fewer|difference|gap|what is the gap|what is the difference|how big is the gap|"
     "and by how much|lie between them|margin|by what margin|between them|apart|differ|differs"},
    {WORD_RANK, EN, "rank|order|sort|ranked|sorted|ordered|arrange|ranking|in order|put in order|order these|rank these|sort these|order them"},
    {WORD_FIRST, EN, "first|in descending order|in ascending order|descending|ascending"},
    {WORD_DESCRIBE, EN,
     "tell me about|about|describe|specs|specifications|specification|spec sheet|overview|overview of|"
     "summary|summarize|summarise|everything|data sheet|technical data|details of|details on|specs of|specs for|"
     "all about|tell me everything about|what do you know about|what is known about|information on|information about|info on|data on|profile"},
    {WORD_PRONOUN, EN, "it|its|that one|this one|the same|they|them|their|one|ones|that car|this car|that model|the car|the vehicle|same one|that|this|those|these"},
    {WORD_ONLY, EN, "only|just|only the|just the"},
    {WORD_WHAT_ABOUT, EN, "what about|how about|and|and what about|and the|and for|and of|and with|same for|the same for|and how about|and in|but|ok and|and what"},
    {WORD_VEHICLE, EN,
     "car|cars|vehicle|vehicles|auto|autos|automobile|automobiles|model|models|entry|entries|row|"
     "rows|record|records|machine|machines|ride|rides|unit|units|nameplate|nameplates|item|items|"
     "example|examples|offering|offerings|option|options|choice|choices|fleet|lineup|line up|range"
     "|ad|ads|advert|adverts|advertisement|advertisements|listing|listings"},
    {WORD_VERSION, EN, "version|versions|variant|variants|trim|trims|trim level|trim levels|grade|grades|edition|editions|derivative|derivatives|configuration|configurations|sub model|submodels"},
    {WORD_DISTINCT, EN, "different|distinct|unique"},
    {WORD_SOURCE, EN,
     "list|lists|table|tables|data|database|document|documents|file|files|sheet|sheets|guide|guides|"
     "rating|ratings|inventory|catalogue|catalog|price list|dataset|data set|brochure|spreadsheet|"
     "register|registry|figures|source|sources|page|pages|book|report|records|article|"
     "comparison|comparisons|test|tests|survey|notebook"},
    {WORD_AUXILIARY, EN, "isn t|aren t|doesn t|don t|hasn t|haven t|can t|cannot|wasn t|didn t|isnt|doesnt|dont|cant|is|are|was|were|does|do|did|has|have|had|can|could|may|will|would|must|should|isn|doesn|is there|are there"},
    {WORD_PER, EN, "by|per|for each|for every|grouped by|broken down by|of each|each"},
    {WORD_EXPLAIN, EN, "why|how do i|how do you|how to|how can i|explain|what happens|how does one|how should i|what does it mean|meaning of|how often|procedure|steps|instructions"},
    {WORD_ANY, EN, "any|any of|some|of any|whichever|whatever"},
    /* ---- German ---- */
    {WORD_FUNCTION, DE,
     "der|die|das|den|dem|des|ein|eine|einer|einen|einem|eines|von|vom|zu|zum|zur|in|im|ins|an|am|"
     "auf|aus|bei|beim|mit|nach|fur|uber|unter|durch|um|bis|als|wie|und|oder|aber|ist|sind|war|"
     "waren|wird|werden|wurde|wurden|hat|haben|hatte|hatten|kann|konnen|konnte|darf|durfen|muss|"
     "mussen|soll|sollen|es|er|sie|ihm|ihn|ihr|wir|ich|du|man|sich|dieser|diese|dieses|diesem|jeder|jede|jedes|"
     "welche|welcher|welches|welchen|welchem|was|wer|wo|wann|warum|nicht|kein|keine|keinen|nur|auch|noch|sehr|pro|je|ab|vor|seit|gegen|ohne|da|so"
     "|worin|womit|wovon|wofur|wobei|wohin|woher|wem|wen|wessen|unser|unsere|unserem|unseren"
     "|unserer|mein|meine|meinem|meinen|meiner|dein|deine|euer|eure|ihrem|ihren|ihrer|seinem|seinen"
     "|seiner|jedem|jeden|manche|mancher|beide|beiden|alle|allen|aller|wenn|weil|dass|ob|doch|zwar"
     "|innerhalb|ausserhalb|wahrend|trotz|wegen|samt|dabei|damit|dazu|darin|dort|hier"},
    {WORD_FILLER, DE,
     "bitte|sag|sage|sagen|mir|uns|gib|zeig|zeige|gibt|geben|gab|liegt|liegen|betragt|betragen|"
     "lautet|besitzt|besitzen|bietet|bieten|erreicht|erreichen|schafft|schaffen|kommt|kommen|"
     "macht|machen|leistet|leisten|hoch|gross|viel|viele|denn|eigentlich|genau|ungefahr|circa|"
     "angegeben|laut|wert|werte|angabe|angaben|zahl|fahrt|fahren|gebaut|verkauft|steht|stehen|wie hoch|"
     "wie gross|wissen|mochte|will|brauche|braucht|brauchen|benotigt|nimmt|stark ist|insgesamt|zwischen|"
     "baujahr|jahrgang|modelljahr|aus dem jahr|jahr|zugelassen|erlaubt|maximal|maximale|maximaler|hochstens|serienmassig|neu|neue|neuer|alt|"
     "verfugt|verfugen|ausgestattet|denn|mal|ja|und wie|also"
     "|guten tag|guten morgen|guten abend|moin|servus|entschuldigung|sorry|kurze frage|frage|sein|gewesen|bin|seid|ware|waren|heisst|heissen|nennt|nennen|genannt|meint|bedeutet|sagt"
     "|schreibt|stellt|hergestellt|produziert|erhaltlich|verfugbar|angeboten|aufgefuhrt|gelistet"
     "|verzeichnet|enthalten|enthalt|umfasst|bringt|bringen|betrug|stosst|stossen|ausstosst"
     "|ausgestossen|gelten|gilt|befindet|befinden|parkt|parken|geparkt|abgestellt|stationiert"
     "|untergebracht|standen|stand|angesiedelt|liegend|lasst|lassen|halt|halten|lauft|laufen|geht"
     "|gehen|ging|kam|nehmen|genommen|findet|finden|gefunden|sieht|sehen|bekommt|bekommen|kriegt"
     "|kriegen|durfte|sollte|sollten|wollen|wollte|wollten|mochten|gern|gerne|danke|hallo|jetzt"
     "|heute|aktuell|aktuelle|aktuellen|momentan|derzeit|gerade|wirklich|tatsachlich|ziemlich|ganz"
     "|etwa|rund|jeweils|anderen|andere|anderer|anderes|bereits|schon|immer|mehrere|einige|tut|tun"
     "|getan|wird|geworden|bleibt|bleiben|blieb|gehort|gehoren|hergibt|aufweist|weist|weisen|nutzt"
     "|nutzen|verwendet|verwenden|fuhr|gefahren|anbietet|anbieten|kaufen|gekauft|verkaufen|zeigen"
     "|nennen|guten tag|guten morgen|guten abend|moin|servus|entschuldigung|sorry|kurze frage|frage|vertragt|vertragen|verkraftet|verkraften|unverfugbar|zurzeit|zur zeit|im moment"},
    {WORD_WHICH, DE, "welche|welcher|welches|welchen|welchem|was|was fur"},
    {WORD_HOW_MANY, DE, "wie viele|wieviele|wie viel|wieviel"},
    {WORD_HOW_MUCH, DE, "wie viel|wieviel|wie hoch|wie gross|wie"},
    {WORD_WHO, DE, "wer baut|wer stellt|hersteller von"},
    {WORD_WHEN, DE, "wann|in welchem jahr|welches jahr"},
    {WORD_LIST, DE, "liste|zeige|zeig|nenne|alle|auflisten|zeige alle|nenne alle|liste alle"},
    {WORD_COUNT, DE, "anzahl|anzahl der|zahl der"},
    {WORD_AVERAGE, DE, "durchschnitt|durchschnittlich|durchschnittliche|durchschnittlicher|durchschnittliches|mittel|mittlere|im schnitt|im mittel|im durchschnitt|mittelwert"},
    {WORD_SUM, DE, "summe|in summe|insgesamt|gesamt|zusammen|alle zusammen|zusammengenommen|zusammengerechnet"},
    {WORD_RANGE, DE, "spanne|von wo bis wo|von bis|bandbreite"},
    {WORD_MOST, DE,
     "am meisten|meisten|meiste|hochste|hochsten|hochster|hochstes|grosste|grossten|grosster|"
     "grosstes|langste|langsten|maximum|max|am hochsten|am grossten|am langsten"},
    {WORD_LEAST, DE,
     "am wenigsten|wenigsten|niedrigste|niedrigsten|niedrigster|geringste|geringsten|kleinste|"
     "kleinsten|kleinster|kurzeste|kurzesten|minimum|min|am niedrigsten|am geringsten|am kleinsten"},
    {WORD_BEST, DE, "beste|besten|bester|bestes|am besten"},
    {WORD_WORST, DE, "schlechteste|schlechtesten|am schlechtesten"},
    {WORD_TOP, DE, "top|die ersten"},
    {WORD_MORE, DE, "mehr|hoher|hohere|hoheren|grosser|grossere|grosseren|langer|langere"},
    {WORD_LESS, DE, "weniger|niedriger|niedrigere|kleiner|kleinere|geringer|geringere|kurzer|kurzere"},
    {WORD_BETTER, DE, "besser|bessere|besseren"},
    {WORD_WORSE, DE, "schlechter|schlechtere"},
    {WORD_THAN, DE, "als"},
    {WORD_OVER, DE, "uber|mehr als|hoher als|grosser als|ab mehr als"},
    {WORD_UNDER, DE, "unter|weniger als|niedriger als|kleiner als"},
    {WORD_AT_LEAST, DE, "mindestens|ab|wenigstens|nicht weniger als"},
    {WORD_AT_MOST, DE, "hochstens|maximal|bis|bis zu|nicht mehr als"},
    {WORD_OR_MORE, DE, "oder mehr|aufwarts|oder hoher|oder grosser|oder neuer"
     "|oder langer|oder starker|oder schwerer|oder daruber|und mehr|und hoher|und grosser"
     "|und daruber|oder weiter"},
    {WORD_OR_LESS, DE, "oder weniger|oder darunter|oder niedriger|oder alter"
     "|oder kleiner|oder kurzer|oder geringer|oder leichter|oder gunstiger|oder billiger"
     "|und weniger|und darunter"},
    {WORD_OR_BETTER, DE, "oder besser|oder schneller|und besser|und schneller"},
    {WORD_OR_WORSE, DE, "oder schlechter|oder langsamer"},
    {WORD_BETWEEN, DE, "zwischen|von"},
    {WORD_SINCE, DE, "seit|ab"},
    {WORD_BEFORE, DE, "vor|bis|alter als|fruher als"},
    {WORD_AFTER, DE, "nach|neuer als|junger als|spater als"},
    {WORD_NOT, DE, "nicht|ohne|kein|keine|keinen|keinem|keiner|keinerlei|ausser|weder"},
    {WORD_AND, DE, "und|sowie"},
    {WORD_OR, DE, "oder"},
    {WORD_COMPARE, DE, "vergleich|vergleiche|verglichen|gegen|gegenuber|im vergleich zu|versus"},
    {WORD_DIFFERENCE, DE, "um wie viel|um wieviel|unterschied|differenz|abstand|wie viel mehr|wie viel weniger|um wie viele"},
    {WORD_RANK, DE, "ordne|sortiere|reihenfolge|rangliste|sortiert"},
    {WORD_FIRST, DE, "zuerst|zuoberst|absteigend|aufsteigend"},
    {WORD_DESCRIBE, DE, "beschreibe|beschreib|erzahl|erzahle|daten|technische daten|was weisst du uber|alles uber|uberblick"},
    {WORD_PRONOUN, DE, "er|sie|es|dessen|deren|derselbe|dieselbe|dasselbe|der gleiche|sein|seine|ihr|ihre|ihn|davon"},
    {WORD_ONLY, DE, "nur|lediglich|nur die"},
    {WORD_WHAT_ABOUT, DE, "und|was ist mit|wie ist es mit|und die|und der|und das|und beim|und wie"},
    {WORD_VEHICLE, DE, "auto|autos|fahrzeug|fahrzeuge|fahrzeugen|wagen|pkw|modell|modelle|modellen|eintrag|eintrage|kfz"},
    {WORD_VERSION, DE, "version|versionen|variante|varianten|ausfuhrung|ausfuhrungen|ausstattung|ausstattungen"},
    {WORD_DISTINCT, DE, "verschiedene|unterschiedliche|verschiedenen|unterschiedlichen"},
    {WORD_SOURCE, DE, "liste|preisliste|tabelle|daten|datei|dokument|dokumente|dokumenten|unterlagen|katalog|datenblatt|verzeichnis|"
     "vergleich|test|tests|ubersicht|aufstellung|notizbuch|heft"},
    {WORD_AUXILIARY, DE, "ist|sind|hat|haben|kann|konnen|darf|war|wird|gibt es|braucht|wiegt|verbraucht|kostet"},
    {WORD_PER, DE, "je|pro|nach|fur jede|fur jeden"},
    {WORD_EXPLAIN, DE, "warum|wieso|weshalb|erklare|wie kann ich|wie macht man"},
    {WORD_ANY, DE, "irgendein|irgendeine|irgendeiner"},
    /* ---- French ---- */
    {WORD_FUNCTION, FR,
     "le|la|les|l|un|une|des|du|de|d|au|aux|a|en|dans|sur|sous|par|pour|avec|sans|chez|et|ou|mais|"
     "donc|est|sont|etait|etaient|a|ont|avait|peut|peuvent|doit|il|elle|ils|elles|on|je|tu|nous|"
     "vous|se|sa|son|ses|ce|cet|cette|ces|que|qu|qui|quoi|dont|ne|n|pas|plus|y|c|j|m|s|t|lui|leur|"
     "quel|quelle|quels|quelles|combien|comment|quand|tres|aussi|si"
     "|notre|nos|votre|vos|mon|ma|mes|ta|tes|leurs|chaque|aucun|aucune|tous|tout|toute|toutes"
     "|entre|parmi|depuis|pendant|vers|lors|afin|ainsi|alors|lequel|laquelle"},
    {WORD_FILLER, FR,
     "donne|donner|donnez|dis|dites|moi|montre|montrez|faire|fait|font|avoir|etre|offre|offrent|"
     "propose|atteint|atteindre|possede|dispose|affiche|indique|indiquee|s il vous plait|svp|merci|"
     "valeur|valeurs|chiffre|chiffres|officiel|officielle|annee|modele de|millesime|version de|environ|maximale|maximal|"
     "besoin|faut|consomme t|pese t|est ce que|voiture de|annonce|annoncee|vaut|neuf|neuve"
     "|sera|seront|serait|soit|suis|sommes|etant|fut|ait|aura|auront|avez|avons|ayant|existe"
     "|existent|trouve|trouvent|se trouve|se trouvent|situe|situee|situes|situees|basee|basees|gare"
     "|garee|garees|stationne|stationnee|stationnes|localise|localisee|vend|vendu|vendue|vendus"
     "|vendues|vendent|disponible|disponibles|listee|listees|mentionne|mentionnee|indiquent"
     "|affichent|presente|presentes|figurent|contient|contiennent|possedent|disposent|atteignent"
     "|delivre|delivrent|developpent|produit|produisent|fournit|fournissent|peux|pouvez"
     "|pouvons|voudrais|voulez|veux|veut|cherche|savoir|sais|connaitre|bonjour|salut|autre|autres"
     "|actuellement|maintenant|ici|vraiment|encore|deja|toujours|jamais|dit|disent|appelle"
     "|appellent|appele|devient|reste|restent|prend|prennent|met|mettent|va|vont|vient|viennent"
     "|roule|roulent|accepte|acceptent|supporte|supportent|admet|admettent|indisponible|indisponibles|en ce moment|pour le moment|pour l instant"},
    {WORD_WHICH, FR, "quel|quelle|quels|quelles|lequel|laquelle|lesquels|lesquelles|qu est ce que"},
    {WORD_HOW_MANY, FR, "combien de|combien d|combien"},
    {WORD_HOW_MUCH, FR, "combien|comment"},
    {WORD_WHEN, FR, "quand|en quelle annee|quelle annee"},
    {WORD_LIST, FR, "liste|lister|listez|montre|toutes les|tous les|enumere|cite|citez"},
    {WORD_COUNT, FR, "nombre de|nombre d|le nombre de"},
    {WORD_AVERAGE, FR, "moyenne|moyen|en moyenne|moyens|moyennes"},
    {WORD_SUM, FR, "total|au total|somme|en tout|ensemble|tous ensemble|toutes ensemble|additionnes|additionnees"},
    {WORD_RANGE, FR, "de combien a combien|fourchette|etendue"},
    {WORD_MOST, FR, "le plus|la plus|les plus|maximum|maximal|maximale|plus grand|plus grande|plus eleve|plus elevee|le plus grand|la plus grande|le plus eleve"},
    {WORD_LEAST, FR, "le moins|la moins|les moins|minimum|minimal|minimale|plus petit|plus petite|plus bas|plus basse|plus faible|le plus petit|la plus petite|le plus bas|la plus faible|le plus faible"},
    {WORD_BEST, FR, "meilleur|meilleure|meilleurs|meilleures|le mieux"},
    {WORD_WORST, FR, "pire|pires|le pire"},
    {WORD_MORE, FR, "plus|davantage"},
    {WORD_LESS, FR, "moins"},
    {WORD_BETTER, FR, "mieux|meilleur|meilleure"},
    {WORD_WORSE, FR, "pire"},
    {WORD_THAN, FR, "que|qu"},
    {WORD_OVER, FR, "plus de|plus d|superieur a|superieure a|au dessus de|depassant|depasse"},
    {WORD_UNDER, FR, "moins de|moins d|inferieur a|inferieure a|au dessous de|en dessous de|sous"},
    {WORD_AT_LEAST, FR, "au moins|minimum|au minimum"},
    {WORD_AT_MOST, FR, "au plus|maximum|au maximum|jusqu a"},
    {WORD_OR_MORE, FR, "ou plus"
     "|ou au dela|ou plus grand|ou plus eleve|ou plus long|ou davantage|et plus|et au dela"},
    {WORD_OR_LESS, FR, "ou moins"
     "|ou en dessous|ou plus petit|ou plus bas|ou plus court|ou moins cher|et moins"},
    {WORD_OR_BETTER, FR, "ou mieux|ou meilleur|ou meilleure|ou plus rapide|ou plus vite"},
    {WORD_OR_WORSE, FR, "ou pire|ou plus lent|ou moins rapide"},
    {WORD_BETWEEN, FR, "entre|de"},
    {WORD_SINCE, FR, "depuis|a partir de"},
    {WORD_BEFORE, FR, "avant|jusqu en|plus vieux que|plus vieilles que|plus anciens que|plus anciennes que|anterieur a|anterieurs a"},
    {WORD_AFTER, FR, "apres|plus recent que|plus recents que|plus recentes que"},
    {WORD_NOT, FR, "pas|sans|sauf|non|hors|ni|aucun|aucune"},
    {WORD_AND, FR, "et|ainsi que"},
    {WORD_OR, FR, "ou"},
    {WORD_COMPARE, FR, "compare|comparer|comparez|comparaison|contre|versus"},
    {WORD_DIFFERENCE, FR, "difference|ecart|de combien|combien de plus|combien de moins"},
    {WORD_RANK, FR, "classe|classer|classez|trie|trier|ordre|classement"},
    {WORD_FIRST, FR, "d abord|en premier|decroissant|croissant"},
    {WORD_DESCRIBE, FR, "decris|decrire|decrivez|parle moi de|caracteristiques|fiche technique|fiche"},
    {WORD_PRONOUN, FR, "il|elle|celui ci|celle ci|le meme|la meme|celui|celle"},
    {WORD_ONLY, FR, "seulement|uniquement|que les"},
    {WORD_WHAT_ABOUT, FR, "et|et la|et le|et pour|qu en est il de|et de"},
    {WORD_VEHICLE, FR, "voiture|voitures|vehicule|vehicules|auto|autos|modele|modeles|entree|entrees|ligne|lignes"},
    {WORD_VERSION, FR, "version|versions|variante|variantes|finition|finitions"},
    {WORD_DISTINCT, FR, "differents|differentes|distincts|distinctes"},
    {WORD_SOURCE, FR, "liste|tableau|donnees|document|documents|fichier|catalogue|tarif|base|comparatif|essai|essais|comparaison|carnet|cahier"},
    {WORD_AUXILIARY, FR, "est ce que|est|a|a t|peut|a t il|a t elle|est il|est elle"},
    {WORD_PER, FR, "par|pour chaque|par chaque"},
    {WORD_EXPLAIN, FR, "pourquoi|explique|expliquez|comment faire"},
    {WORD_ANY, FR, "n importe quel|n importe quelle"},
    /* ---- Spanish ---- */
    {WORD_FUNCTION, ES,
     "el|la|los|las|un|una|unos|unas|de|del|al|a|en|por|para|con|sin|sobre|y|e|o|u|pero|es|son|era|"
     "eran|fue|ha|han|tiene|tienen|tenia|puede|pueden|debe|que|quien|cual|cuales|cuanto|cuanta|"
     "cuantos|cuantas|como|cuando|donde|se|su|sus|lo|le|les|este|esta|estos|estas|ese|esa|eso|yo|"
     "mi|tu|nos|muy|mas|menos|no|si|ya|tambien|entre"
     "|nuestro|nuestra|nuestros|nuestras|vuestro|vuestra|mis|tus|cada|todo|toda|todos|todas|desde"
     "|hasta|hacia|segun|durante|ante|tras|aunque|porque|aquel|aquella|esos|esas|ambos|ambas"
     "|otro|otra|otros|otras"},
    {WORD_FILLER, ES,
     "dime|dame|muestra|muestrame|ofrece|ofrecen|alcanza|alcanzan|da|dan|hace|hacen|tener|dispone|"
     "cuenta|valor|valores|cifra|cifras|oficial|ano|anos|modelo del|por favor|gracias|aproximadamente|"
     "desarrolla|entrega|necesita|necesito|quiero|saber|maxima|maximo|vale|nuevo|nueva"
     "|ser|siendo|sido|soy|somos|sera|seran|seria|serian|fueron|sea|sean|estar|esta|estan|estaba"
     "|estaban|hay|haber|habia|hubo|tengo|tenemos|tenian|tuvo|podria|podrian|poder|querer|queremos"
     "|llevar|lleva|llevan|llega|llegan|decir|dice|dicen|dicho|llama|llaman|llamado|encuentra"
     "|encuentran|se encuentra|se encuentran|ubicado|ubicada|ubicados|ubicadas|situado|situada"
     "|situados|situadas|basado|basada|estacionado|estacionada|estacionados|aparcado|aparcada"
     "|aparcados|localizado|vende|venden|vendido|vendidos|disponible|disponibles|aparece|aparecen"
     "|figura|figuran|incluye|incluyen|contiene|contienen|produce|producen|busco|conocer|dar|hola"
     "|ahora|hoy|actualmente|aqui|alli|realmente|todavia|siempre|nunca|queda|quedan|sigue|siguen"
     "|pone|ponen|viene|vienen|emitir|costar|acepta|aceptan|admite|admiten|soporta|soportan|en este momento|ahora mismo"},
    {WORD_WHICH, ES, "cual|cuales|que|que modelo|que coche"},
    {WORD_HOW_MANY, ES, "cuantos|cuantas"},
    {WORD_HOW_MUCH, ES, "cuanto|cuanta|como de"},
    {WORD_WHEN, ES, "cuando|en que ano|que ano"},
    {WORD_LIST, ES, "lista|listar|muestra|todos los|todas las|enumera|nombra"},
    {WORD_COUNT, ES, "numero de|cantidad de|el numero de"},
    {WORD_AVERAGE, ES, "promedio|media|medio|en promedio|de media|promedia"},
    {WORD_SUM, ES, "total|en total|suma|en conjunto|juntos|juntas|todos juntos|todas juntas|sumados|sumadas"},
    {WORD_RANGE, ES, "de cuanto a cuanto|rango de"},
    {WORD_MOST, ES, "el mas|la mas|los mas|maximo|maxima|mayor|el mayor|la mayor|mas alto|mas alta|mas grande|el que mas"},
    {WORD_LEAST, ES, "el menos|la menos|minimo|minima|menor|el menor|la menor|mas bajo|mas baja|mas pequeno|el que menos"},
    {WORD_BEST, ES, "mejor|mejores|el mejor|la mejor"},
    {WORD_WORST, ES, "peor|peores|el peor"},
    {WORD_MORE, ES, "mas|mayor"},
    {WORD_LESS, ES, "menos|menor"},
    {WORD_BETTER, ES, "mejor"},
    {WORD_WORSE, ES, "peor"},
    {WORD_THAN, ES, "que"},
    {WORD_OVER, ES, "mas de|superior a|por encima de|mayor que|mayor de|supera|superan"},
    {WORD_UNDER, ES, "menos de|inferior a|por debajo de|menor que|menor de"},
    {WORD_AT_LEAST, ES, "al menos|como minimo|por lo menos|minimo"},
    {WORD_AT_MOST, ES, "como maximo|hasta|maximo"},
    {WORD_OR_MORE, ES, "o mas"
     "|o superior|o mayor|o mas alto|o mas grande|y mas|en adelante"},
    {WORD_OR_LESS, ES, "o menos"
     "|o inferior|o menor|o mas bajo|o mas barato|y menos"},
    {WORD_OR_BETTER, ES, "o mejor|o mas rapido|o mas rapida"},
    {WORD_OR_WORSE, ES, "o peor|o mas lento"},
    {WORD_BETWEEN, ES, "entre|de"},
    {WORD_SINCE, ES, "desde|a partir de"},
    {WORD_BEFORE, ES, "antes de|hasta|mas antiguo que|mas antiguos que|mas viejos que|anterior a|anteriores a"},
    {WORD_AFTER, ES, "despues de|mas nuevo que|mas nuevos que|posterior a|posteriores a"},
    {WORD_NOT, ES, "no|sin|excepto|salvo|ni|ningun|ninguna"},
    {WORD_AND, ES, "y|e|asi como"},
    {WORD_OR, ES, "o|u"},
    {WORD_COMPARE, ES, "compara|comparar|comparacion|contra|frente a|versus"},
    {WORD_DIFFERENCE, ES, "diferencia|por cuanto|cuanto mas|cuanto menos|cuantos mas"},
    {WORD_RANK, ES, "ordena|ordenar|clasifica|ranking"},
    {WORD_FIRST, ES, "primero|descendente|ascendente"},
    {WORD_DESCRIBE, ES, "describe|hablame de|caracteristicas|ficha tecnica|especificaciones"},
    {WORD_PRONOUN, ES, "el mismo|la misma|este|ese|aquel"},
    {WORD_ONLY, ES, "solo|solamente|unicamente"},
    {WORD_WHAT_ABOUT, ES, "y|y el|y la|que tal|y de"},
    {WORD_VEHICLE, ES, "coche|coches|carro|carros|vehiculo|vehiculos|auto|autos|automovil|automoviles|modelo|modelos|entrada|entradas"},
    {WORD_VERSION, ES, "version|versiones|variante|variantes|acabado|acabados"},
    {WORD_DISTINCT, ES, "diferentes|distintos|distintas"},
    {WORD_SOURCE, ES, "lista|tabla|datos|documento|documentos|archivo|catalogo|tarifa|base de datos|comparativa|comparacion|prueba|pruebas|cuaderno|libreta"},
    {WORD_AUXILIARY, ES, "es|son|tiene|tienen|puede|hay|era"},
    {WORD_PER, ES, "por|por cada|para cada"},
    {WORD_EXPLAIN, ES, "por que|explica|como se"},
    {WORD_ANY, ES, "cualquier|cualquiera|algun|alguna"},
    /* ---- Chinese ---- */
    {WORD_FUNCTION, ZH, "的|是|有|在|和|与|及|了|吗|呢|吧|啊|为|这|那|其|它|他|她|我|你|们|个|款|台|辆|年|型|要|能|会|可以|可|请|把|被|从|到|对|于|以|之|中|里|上|下|是否|不|没|没有"},
    {WORD_FILLER, ZH, "请问|告诉我|一下|达到|具有|拥有|搭载|采用|左右|大约|大概|数据|数值|多大|多高|多少|如何|怎么样|是什么|什么|是多少|款车|车型的|年款"
     "|可用|可售|目前|现在|当前|位于|停在|停放在|停放|所在"},
    {WORD_WHICH, ZH, "哪|哪个|哪款|哪些|哪一款|哪辆|哪种|什么车|哪几款|什么"},
    {WORD_HOW_MANY, ZH, "多少款|多少辆|多少台|几款|几辆|几个|多少个|有多少款|多少种"},
    {WORD_HOW_MUCH, ZH, "多少|多大|多高|多|几"},
    {WORD_WHEN, ZH, "哪年|哪一年|什么时候|何时"},
    {WORD_LIST, ZH, "列出|所有|全部|哪些|列举"},
    {WORD_COUNT, ZH, "数量|总数"},
    {WORD_AVERAGE, ZH, "平均|平均值|均值"},
    {WORD_SUM, ZH, "总共|一共|合计|总计|加起来|加在一起|共"},
    {WORD_RANGE, ZH, "范围|区间|从多少到多少"},
    {WORD_MOST, ZH, "最大|最高|最多|最长|最大的|最高的|最"},
    {WORD_LEAST, ZH, "最小|最低|最少|最短|最小的|最低的"},
    {WORD_BEST, ZH, "最好|最佳|最好的"},
    {WORD_WORST, ZH, "最差|最差的"},
    {WORD_MORE, ZH, "更多|更大|更高|更长|较高|较大"},
    {WORD_LESS, ZH, "更少|更小|更低|更短|较低|较小"},
    {WORD_BETTER, ZH, "更好"},
    {WORD_THAN, ZH, "比"},
    {WORD_OVER, ZH, "超过|大于|高于|多于|长于"},
    {WORD_UNDER, ZH, "低于|小于|少于|不到|不足|短于"},
    {WORD_AT_LEAST, ZH, "至少|不少于|不低于|不小于"},
    {WORD_AT_MOST, ZH, "至多|最多|不超过|不高于|不大于"},
    {WORD_OR_MORE, ZH, "以上|及以上"
     "|或以上|或更多|或更高|或更大|或更长"},
    {WORD_OR_LESS, ZH, "以下|以内|及以下"
     "|或以下|或更少|或更低|或更小|或更短"},
    {WORD_OR_BETTER, ZH, "或更好|或更快|或更优"},
    {WORD_OR_WORSE, ZH, "或更差|或更慢"},
    {WORD_BETWEEN, ZH, "之间|介于"},
    {WORD_NOT, ZH, "不是|没有|非|不带|不含|除了|既不|也不|无|不"},
    {WORD_AUXILIARY, ZH, "有没有|是不是|能不能|会不会|可不可以|是否"},
    {WORD_AND, ZH, "和|与|及|以及|、"},
    {WORD_OR, ZH, "或|还是|或者"},
    {WORD_COMPARE, ZH, "比较|对比|相比"},
    {WORD_DIFFERENCE, ZH, "相差|差多少|差距|相差多少|差"},
    {WORD_RANK, ZH, "排序|排名|排列"},
    {WORD_DESCRIBE, ZH, "介绍|介绍一下|参数|配置|详细信息"},
    {WORD_PRONOUN, ZH, "它|它的|这款|该车|这辆"},
    {WORD_ONLY, ZH, "只|仅|只有"},
    {WORD_WHAT_ABOUT, ZH, "那么|那|呢"},
    {WORD_VEHICLE, ZH, "车|汽车|车型|车辆|款车|车款"},
    {WORD_VERSION, ZH, "版本|款型|配置版本"},
    {WORD_DISTINCT, ZH, "不同|不同的"},
    {WORD_SOURCE, ZH, "表|表格|数据|列表|文件|表中|清单|目录"},
    {WORD_PER, ZH, "每|按|各"},
    {WORD_EXPLAIN, ZH, "为什么|怎么|如何"},
    {WORD_ANY, ZH, "任何|任一"},
};
const size_t N_LEXICON_LINES = sizeof LEXICON_LINES / sizeof *LEXICON_LINES;

const struct lexicon_number LEXICON_NUMBERS[] = {
    {EN, "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"},
    {DE, "null|eins|zwei|drei|vier|funf|sechs|sieben|acht|neun|zehn|elf|zwolf"},
    {FR, "zero|un|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze"},
    {ES, "cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce"},
    {ZH, "零|一|二|三|四|五|六|七|八|九|十|十一|十二"},
};
const size_t N_LEXICON_NUMBERS = sizeof LEXICON_NUMBERS / sizeof *LEXICON_NUMBERS;
