#include "answer/phrases.h"

#include <string.h>

static const char *const CODES[N_LANGUAGES] = {"en", "de", "fr", "es", "zh"};

/* French puts a no-break space before a colon. */
#define COLON_FR "\u00a0:"

/* In languages where the gender of an attribute's or a vehicle's name would decide on an article or
 * an ending, the sentence is built so that none is needed. */
static const char *const PHRASES[N_PHRASES][N_LANGUAGES] = {
    [PHRASE_VALUE] = {"The {attribute} of the {vehicle} {is} {value}.",
                      "{vehicle}, {attribute}: {value}.",
                      "{vehicle}, {attribute}" COLON_FR " {value}.",
                      "{vehicle}, {attribute}: {value}.", "{vehicle}，{attribute}：{value}。"},
    [PHRASE_VALUE_PLAIN] = {"{vehicle}, {attribute}: {value}.", "{vehicle}, {attribute}: {value}.",
                            "{vehicle}, {attribute}" COLON_FR " {value}.",
                            "{vehicle}, {attribute}: {value}.",
                            "{vehicle}，{attribute}：{value}。"},
    [PHRASE_SEVERAL] =
        {"The {attribute} of the {vehicle} {is} between {least} and {most}, depending on the "
         "version: {list}.",
         "{vehicle}, {attribute}: je nach Ausführung {least} bis {most}: {list}.",
         "{vehicle}, {attribute}" COLON_FR " de {least} à {most} selon la version" COLON_FR
         " {list}.",
         "{vehicle}, {attribute}: entre {least} y {most} según la versión: {list}.",
         "{vehicle}，{attribute}：因版本而异，{least} 至 {most}：{list}。"},
    [PHRASE_SEVERAL_MANY] =
        {"The {attribute} of the {vehicle} {is} between {least} and {most}, depending on the "
         "version; the table has all {number} values.",
         "{vehicle}, {attribute}: je nach Ausführung {least} bis {most}; alle {number} Werte "
         "stehen "
         "in der Tabelle.",
         "{vehicle}, {attribute}" COLON_FR
         " de {least} à {most} selon la version ; les {number} valeurs sont dans le tableau.",
         "{vehicle}, {attribute}: entre {least} y {most} según la versión; los {number} valores "
         "están en la tabla.",
         "{vehicle}，{attribute}：因版本而异，{least} 至 {most}；全部 {number} 个数值见表格。"},
    [PHRASE_SEVERAL_TEXTS] = {"The {attribute} of the {vehicle}: {list}.",
                              "{vehicle}, {attribute}: {list}.",
                              "{vehicle}, {attribute}" COLON_FR " {list}.",
                              "{vehicle}, {attribute}: {list}.",
                              "{vehicle}，{attribute}：{list}。"},
    [PHRASE_CONTRADICTION] =
        {"The documents contradict each other on the {attribute} of the {vehicle}: {list}.",
         "Die Dokumente widersprechen sich ({vehicle}, {attribute}): {list}.",
         "Les documents se contredisent ({vehicle}, {attribute})" COLON_FR " {list}.",
         "Los documentos se contradicen ({vehicle}, {attribute}): {list}.",
         "各文件说法不一（{vehicle}，{attribute}）：{list}。"},
    [PHRASE_NO_UNIT] =
        {"The documents do not give a unit for the {attribute} of the {vehicle}, so it cannot be "
         "converted to {unit}. As written: {list}.",
         "Die Dokumente nennen keine Einheit ({vehicle}, {attribute}); eine Umrechnung in {unit} "
         "ist "
         "nicht möglich. Dort steht: {list}.",
         "Les documents ne donnent pas d’unité ({vehicle}, {attribute})" COLON_FR
         " la conversion en {unit} n’est pas possible. Valeur écrite" COLON_FR " {list}.",
         "Los documentos no dan ninguna unidad ({vehicle}, {attribute}), así que no se puede "
         "convertir a {unit}. Está escrito: {list}.",
         "文件没有给出单位（{vehicle}，{attribute}），无法换算为 {unit}。原文：{list}。"},
    [PHRASE_OTHER_UNIT] = {"The {attribute} {is} not measured in {unit}; nothing is guessed.",
                           "{unit} ist dafür keine Einheit ({attribute}); es wird nichts geraten.",
                           "L’unité {unit} ne convient pas ({attribute}) ; rien n’est deviné.",
                           "La unidad {unit} no corresponde ({attribute}); no se adivina nada.",
                           "{unit} 不是这一项目的单位（{attribute}）；不作猜测。"},
    [PHRASE_DESCRIBE] =
        {"What the documents give for the {vehicle}:", "Angaben der Dokumente zu {vehicle}:",
         "Ce que les documents donnent pour {vehicle}" COLON_FR,
         "Datos de los documentos sobre {vehicle}:", "文件中关于 {vehicle} 的数据："},
    [PHRASE_DESCRIBE_MORE] = {"{number} more values are in the table.",
                              "{number} weitere Werte stehen in der Tabelle.",
                              "{number} autres valeurs sont dans le tableau.",
                              "Otros {number} valores están en la tabla.",
                              "另有 {number} 个数值见表格。"},

    [PHRASE_ASSUMED] = {"The language model took {text} to mean {attribute}, which may be wrong.",
                        "Das Sprachmodell hat {text} als {attribute} verstanden; das kann falsch sein.",
                        "Le modèle de langage a compris {text} comme {attribute}, ce qui peut être faux.",
                        "El modelo de lenguaje ha entendido {text} como {attribute}; puede ser un error.",
                        "语言模型将{text}理解为{attribute}，可能有误。"},
    [PHRASE_COMPARE_MORE] =
        {"The {vehicle} has the {higher} {attribute}: {value}, {difference} more than the {other} "
         "with {other_value}.",
         "{vehicle} hat den höheren Wert ({attribute}): {value}, {difference} mehr als {other} mit "
         "{other_value}.",
         "{vehicle} a la valeur la plus élevée ({attribute})" COLON_FR
         " {value}, soit {difference} de plus que {other} avec {other_value}.",
         "{vehicle} tiene el valor más alto ({attribute}): {value}, {difference} más que {other} "
         "con "
         "{other_value}.",
         "{vehicle} 较高（{attribute}）：{value}，比 {other}（{other_value}）高 {difference}。"},
    [PHRASE_COMPARE_LESS] =
        {"The {vehicle} has the {lower} {attribute}: {value}, {difference} less than the {other} "
         "with {other_value}.",
         "{vehicle} hat den niedrigeren Wert ({attribute}): {value}, {difference} weniger als "
         "{other} mit {other_value}.",
         "{vehicle} a la valeur la plus basse ({attribute})" COLON_FR
         " {value}, soit {difference} de moins que {other} avec {other_value}.",
         "{vehicle} tiene el valor más bajo ({attribute}): {value}, {difference} menos que {other} "
         "con {other_value}.",
         "{vehicle} 较低（{attribute}）：{value}，比 {other}（{other_value}）低 {difference}。"},
    [PHRASE_COMPARE_ALL_MORE] =
        {"The {vehicle} has the {higher} {attribute} in every version: {value}, against "
         "{other_value} for the {other}.",
         "{vehicle} hat in jeder Ausführung den höheren Wert ({attribute}): {value} gegenüber "
         "{other_value} bei {other}.",
         "{vehicle} a la valeur la plus élevée dans toutes les versions ({attribute})" COLON_FR
         " {value}, contre {other_value} pour {other}.",
         "{vehicle} tiene el valor más alto en todas las versiones ({attribute}): {value}, frente "
         "a "
         "{other_value} en {other}.",
         "{vehicle} 的所有版本均较高（{attribute}）：{value}；{other} 为 {other_value}。"},
    [PHRASE_COMPARE_ALL_LESS] =
        {"The {vehicle} has the {lower} {attribute} in every version: {value}, against "
         "{other_value} for the {other}.",
         "{vehicle} hat in jeder Ausführung den niedrigeren Wert ({attribute}): {value} gegenüber "
         "{other_value} bei {other}.",
         "{vehicle} a la valeur la plus basse dans toutes les versions ({attribute})" COLON_FR
         " {value}, contre {other_value} pour {other}.",
         "{vehicle} tiene el valor más bajo en todas las versiones ({attribute}): {value}, frente "
         "a "
         "{other_value} en {other}.",
         "{vehicle} 的所有版本均较低（{attribute}）：{value}；{other} 为 {other_value}。"},
    [PHRASE_COMPARE_EQUAL] = {"The {vehicle} and the {other} have the same {attribute}: {value}.",
                              "{vehicle} und {other} haben denselben Wert ({attribute}): {value}.",
                              "{vehicle} et {other} ont la même valeur ({attribute})" COLON_FR
                              " {value}.",
                              "{vehicle} y {other} tienen el mismo valor ({attribute}): {value}.",
                              "{vehicle} 与 {other} 相同（{attribute}）：{value}。"},
    [PHRASE_COMPARE_OVERLAP] =
        {"Which has the {higher} {attribute} depends on the version: {list}.",
         "Welches Fahrzeug den höheren Wert hat ({attribute}), hängt von der Ausführung ab: "
         "{list}.",
         "La valeur la plus élevée dépend de la version ({attribute})" COLON_FR " {list}.",
         "Cuál tiene el valor más alto depende de la versión ({attribute}): {list}.",
         "哪一个较高取决于版本（{attribute}）：{list}。"},
    [PHRASE_COMPARE_TEXTS] = {"The {attribute} differs: {list}.",
                              "Unterschiedlich ({attribute}): {list}.",
                              "Différence ({attribute})" COLON_FR " {list}.",
                              "Diferencia ({attribute}): {list}.", "{attribute}不同：{list}。"},
    [PHRASE_COMPARE_UNITS] =
        {"The {attribute} cannot be compared, because the units differ: {list}.",
         "Nicht vergleichbar ({attribute}), weil die Einheiten nicht zusammenpassen: {list}.",
         "Comparaison impossible ({attribute}), car les unités diffèrent" COLON_FR " {list}.",
         "No se puede comparar ({attribute}), porque las unidades difieren: {list}.",
         "单位不同，无法比较（{attribute}）：{list}。"},
    [PHRASE_COMPARE_SAME] = {"All have the same {attribute}: {value}.",
                             "Alle haben denselben Wert ({attribute}): {value}.",
                             "Tous ont la même valeur ({attribute})" COLON_FR " {value}.",
                             "Todos tienen el mismo valor ({attribute}): {value}.",
                             "全部相同（{attribute}）：{value}。"},
    [PHRASE_COMPARE_LINE] = {"{attribute}: {list}", "{attribute}: {list}",
                             "{attribute}" COLON_FR " {list}", "{attribute}: {list}",
                             "{attribute}：{list}"},
    [PHRASE_ORDER_MOST] = {"By {attribute}, {highest} first:",
                           "Nach {attribute}, höchster Wert zuerst:",
                           "Par {attribute}, de la valeur la plus élevée à la plus basse" COLON_FR,
                           "Por {attribute}, de mayor a menor:", "按{attribute}从高到低："},
    [PHRASE_ORDER_LEAST] = {"By {attribute}, {lowest} first:",
                            "Nach {attribute}, niedrigster Wert zuerst:",
                            "Par {attribute}, de la valeur la plus basse à la plus élevée" COLON_FR,
                            "Por {attribute}, de menor a mayor:", "按{attribute}从低到高："},

    [PHRASE_RANK_MOST] = {"The {vehicle} has the {highest} {attribute}: {value}.",
                          "{vehicle} hat den höchsten Wert ({attribute}): {value}.",
                          "{vehicle} a la valeur la plus élevée ({attribute})" COLON_FR " {value}.",
                          "{vehicle} tiene el valor más alto ({attribute}): {value}.",
                          "{vehicle} 最高（{attribute}）：{value}。"},
    [PHRASE_RANK_LEAST] = {"The {vehicle} has the {lowest} {attribute}: {value}.",
                           "{vehicle} hat den niedrigsten Wert ({attribute}): {value}.",
                           "{vehicle} a la valeur la plus basse ({attribute})" COLON_FR " {value}.",
                           "{vehicle} tiene el valor más bajo ({attribute}): {value}.",
                           "{vehicle} 最低（{attribute}）：{value}。"},
    [PHRASE_RANK_TIED_MOST] = {"These share the {highest} {attribute}, {value}: {list}.",
                               "Denselben höchsten Wert ({attribute}), {value}, haben: {list}.",
                               "Partagent la valeur la plus élevée ({attribute}), {value}" COLON_FR
                               " {list}.",
                               "Comparten el valor más alto ({attribute}), {value}: {list}.",
                               "并列最高（{attribute}），{value}：{list}。"},
    [PHRASE_RANK_TIED_LEAST] = {"These share the {lowest} {attribute}, {value}: {list}.",
                                "Denselben niedrigsten Wert ({attribute}), {value}, haben: {list}.",
                                "Partagent la valeur la plus basse ({attribute}), {value}" COLON_FR
                                " {list}.",
                                "Comparten el valor más bajo ({attribute}), {value}: {list}.",
                                "并列最低（{attribute}），{value}：{list}。"},
    [PHRASE_RANK_NTH_MOST] = {"Number {number} in {attribute}, counted from the {highest}: {list}, {value}.",
                              "Platz {number} ({attribute}, vom höchsten Wert an gezählt): {list}, {value}.",
                              "Rang {number} ({attribute}, à partir de la valeur la plus élevée)" COLON_FR
                              " {list}, {value}.",
                              "Puesto {number} ({attribute}, desde el valor más alto): {list}, {value}.",
                              "{attribute}从高到低第 {number} 位：{list}，{value}。"},
    [PHRASE_RANK_NTH_LEAST] = {"Number {number} in {attribute}, counted from the {lowest}: {list}, {value}.",
                               "Platz {number} ({attribute}, vom niedrigsten Wert an gezählt): {list}, {value}.",
                               "Rang {number} ({attribute}, à partir de la valeur la plus basse)" COLON_FR
                               " {list}, {value}.",
                               "Puesto {number} ({attribute}, desde el valor más bajo): {list}, {value}.",
                               "{attribute}从低到高第 {number} 位：{list}，{value}。"},
    [PHRASE_RANK_LIST_MOST] = {"The {number} with the {highest} {attribute}:",
                               "Die {number} höchsten Werte ({attribute}):",
                               "Les {number} valeurs les plus élevées ({attribute})" COLON_FR,
                               "Los {number} valores más altos ({attribute}):",
                               "{attribute}最高的 {number} 个："},
    [PHRASE_RANK_LIST_LEAST] = {"The {number} with the {lowest} {attribute}:",
                                "Die {number} niedrigsten Werte ({attribute}):",
                                "Les {number} valeurs les plus basses ({attribute})" COLON_FR,
                                "Los {number} valores más bajos ({attribute}):",
                                "{attribute}最低的 {number} 个："},
    [PHRASE_AMONG] = {"Compared: {number} entries ({text}).",
                      "Verglichen: {number} Einträge ({text}).",
                      "Entrées comparées" COLON_FR " {number} ({text}).",
                      "Entradas comparadas: {number} ({text}).",
                      "比较范围：{number} 条记录（{text}）。"},
    [PHRASE_AMONG_LACKING] = {"Entries compared: {number} ({text}); without a comparable figure: {other}.",
                              "Verglichene Einträge: {number} ({text}); ohne vergleichbare Zahl: {other}.",
                              "Entrées comparées" COLON_FR " {number} ({text}) ; sans chiffre comparable" COLON_FR " {other}.",
                              "Entradas comparadas: {number} ({text}); sin cifra comparable: {other}.",
                              "比较范围：{number} 条记录（{text}）；{other} 条没有可比数值。"},
    [PHRASE_AMONG_ALL] = {"Compared: all {number} entries that give it.",
                          "Verglichen: alle {number} Einträge mit dieser Angabe.",
                          "Entrées comparées" COLON_FR " {number}, toutes celles qui la donnent.",
                          "Entradas comparadas: {number}, todas las que lo dan.",
                          "比较范围：给出该数据的全部 {number} 条记录。"},

    [PHRASE_LIST_ONE] = {"One entry in the documents meets this ({text}):",
                         "Ein Eintrag der Dokumente erfüllt das ({text}):",
                         "Une entrée des documents correspond ({text})" COLON_FR,
                         "Una entrada de los documentos cumple esto ({text}):",
                         "文件中有 1 条记录符合（{text}）："},
    [PHRASE_LIST] = {"{number} entries in the documents meet this ({text}):",
                     "{number} Einträge der Dokumente erfüllen das ({text}):",
                     "{number} entrées des documents correspondent ({text})" COLON_FR,
                     "{number} entradas de los documentos cumplen esto ({text}):",
                     "文件中有 {number} 条记录符合（{text}）："},
    [PHRASE_LIST_ALL] = {"Entries in the documents ({number}):",
                         "Einträge der Dokumente ({number}):",
                         "Entrées des documents ({number})" COLON_FR,
                         "Entradas de los documentos ({number}):", "文件中的记录（{number}）："},
    [PHRASE_MORE] = {"and {number} more", "und {number} weitere", "et {number} autres",
                     "y {number} más", "另有 {number} 条"},
    [PHRASE_SAME_ENTRIES] = {"{number} entries", "{number} Einträge", "{number} entrées",
                             "{number} entradas", "{number} 条记录"},
    [PHRASE_COUNT_ONE] = {"One entry in the documents meets this ({text}){list}.",
                          "Ein Eintrag der Dokumente erfüllt das ({text}){list}.",
                          "Une entrée des documents correspond ({text}){list}.",
                          "Una entrada de los documentos cumple esto ({text}){list}.",
                          "文件中有 1 条记录符合（{text}）{list}。"},
    [PHRASE_COUNT] = {"{number} entries in the documents meet this ({text}){list}.",
                      "{number} Einträge der Dokumente erfüllen das ({text}){list}.",
                      "{number} entrées des documents correspondent ({text}){list}.",
                      "{number} entradas de los documentos cumplen esto ({text}){list}.",
                      "文件中有 {number} 条记录符合（{text}）{list}。"},
    [PHRASE_COUNT_ALL] = {"The documents hold {number} entries{list}.",
                          "Die Dokumente enthalten {number} Einträge{list}.",
                          "Les documents contiennent {number} entrées{list}.",
                          "Los documentos contienen {number} entradas{list}.",
                          "文件中共有 {number} 条记录{list}。"},
    [PHRASE_COUNT_VEHICLES_ONE] =
        {"{number} vehicles in one entry of the documents meet this ({text}){list}.",
         "{number} Fahrzeuge in einem Eintrag der Dokumente erfüllen das ({text}){list}.",
         "{number} véhicules dans une entrée des documents correspondent ({text}){list}.",
         "{number} vehículos en una entrada de los documentos cumplen esto ({text}){list}.",
         "文件的 1 条记录中共有 {number} 辆车符合（{text}）{list}。"},
    [PHRASE_COUNT_VEHICLES] =
        {"{number} vehicles in {other} entries of the documents meet this ({text}){list}.",
         "{number} Fahrzeuge in {other} Einträgen der Dokumente erfüllen das ({text}){list}.",
         "{number} véhicules dans {other} entrées des documents correspondent ({text}){list}.",
         "{number} vehículos en {other} entradas de los documentos cumplen esto ({text}){list}.",
         "文件的 {other} 条记录中共有 {number} 辆车符合（{text}）{list}。"},
    [PHRASE_COUNT_MODELS_ONE] = {"One model in the documents meets this ({text}){list}.",
                                 "Ein Modell der Dokumente erfüllt das ({text}){list}.",
                                 "Un modèle des documents correspond ({text}){list}.",
                                 "Un modelo de los documentos cumple esto ({text}){list}.",
                                 "文件中有 1 个车型符合（{text}）{list}。"},
    [PHRASE_COUNT_MODELS] =
        {"{number} different models in the documents meet this ({text}){list}.",
         "{number} verschiedene Modelle der Dokumente erfüllen das ({text}){list}.",
         "{number} modèles différents des documents correspondent ({text}){list}.",
         "{number} modelos distintos de los documentos cumplen esto "
         "({text}){list}.",
         "文件中有 {number} 个不同车型符合（{text}）{list}。"},
    [PHRASE_COUNT_SHARE] = {"{number} of {other} entries, {value}, meet this ({text}){list}.",
                            "{number} von {other} Einträgen, {value}, erfüllen das ({text}){list}.",
                            "{number} entrées sur {other}, soit {value}, correspondent ({text}){list}.",
                            "{number} de {other} entradas, {value}, lo cumplen ({text}){list}.",
                            "{other} 条记录中有 {number} 条符合，占 {value}（{text}）{list}。"},
    [PHRASE_MEDIAN] = {"The median {attribute} is {value}, over {number} values ({text}).",
                       "Median ({attribute}): {value}, aus {number} Werten ({text}).",
                       "Médiane ({attribute})" COLON_FR " {value}, sur {number} valeurs ({text}).",
                       "Mediana ({attribute}): {value}, de {number} valores ({text}).",
                       "中位数（{attribute}）：{value}，共 {number} 个数值（{text}）。"},
    [PHRASE_AVERAGE] = {"The average {attribute} is {value}, over {number} values ({text}).",
                        "Durchschnitt ({attribute}): {value}, aus {number} Werten ({text}).",
                        "Moyenne ({attribute})" COLON_FR " {value}, sur {number} valeurs ({text}).",
                        "Media ({attribute}): {value}, de {number} valores ({text}).",
                        "平均值（{attribute}）：{value}，共 {number} 个数值（{text}）。"},
    [PHRASE_SUM] = {"The total {attribute} is {value}, over {number} values ({text}).",
                    "Summe ({attribute}): {value}, aus {number} Werten ({text}).",
                    "Total ({attribute})" COLON_FR " {value}, sur {number} valeurs ({text}).",
                    "Total ({attribute}): {value}, de {number} valores ({text}).",
                    "合计（{attribute}）：{value}，共 {number} 个数值（{text}）。"},
    [PHRASE_RANGE] =
        {"The {attribute} {ranges} from {least} to {most}, over {number} values ({text}).",
         "Spanne ({attribute}): {least} bis {most}, aus {number} Werten ({text}).",
         "Étendue ({attribute})" COLON_FR " de {least} à {most}, sur {number} valeurs ({text}).",
         "Intervalo ({attribute}): de {least} a {most}, de {number} valores ({text}).",
         "范围（{attribute}）：{least} 至 {most}，共 {number} 个数值（{text}）。"},
    [PHRASE_RANGE_SAME] =
        {"The {attribute} is {value} throughout, over {number} values ({text}).",
         "Überall derselbe Wert ({attribute}): {value}, aus {number} Werten ({text}).",
         "Partout la même valeur ({attribute})" COLON_FR " {value}, sur {number} valeurs ({text}).",
         "El mismo valor en todos ({attribute}): {value}, de {number} valores ({text}).",
         "全部相同（{attribute}）：{value}，共 {number} 个数值（{text}）。"},
    [PHRASE_LEAST] = {"The {lowest} {attribute} is {value}.",
                      "Niedrigster Wert ({attribute}): {value}.",
                      "Valeur la plus basse ({attribute})" COLON_FR " {value}.",
                      "Valor más bajo ({attribute}): {value}.", "最低值（{attribute}）：{value}。"},
    [PHRASE_MOST] = {"The {highest} {attribute} is {value}.",
                     "Höchster Wert ({attribute}): {value}.",
                     "Valeur la plus élevée ({attribute})" COLON_FR " {value}.",
                     "Valor más alto ({attribute}): {value}.", "最高值（{attribute}）：{value}。"},
    [PHRASE_EXTREMES] = {"Lowest: {least}; highest: {most}.",
                         "Niedrigster Wert: {least}; höchster Wert: {most}.",
                         "Valeur la plus basse" COLON_FR " {least} ; la plus élevée" COLON_FR
                         " {most}.",
                         "Valor más bajo: {least}; más alto: {most}.",
                         "最低：{least}；最高：{most}。"},
    [PHRASE_GROUPS_COUNT] = {"Entries by group ({text}):", "Einträge je Gruppe ({text}):",
                             "Entrées par groupe ({text})" COLON_FR,
                             "Entradas por grupo ({text}):", "各组记录数（{text}）："},
    [PHRASE_GROUPS_AVERAGE] = {"Average {attribute} ({text}):",
                               "Durchschnitt, {attribute} ({text}):",
                               "Moyenne, {attribute} ({text})" COLON_FR,
                               "Media, {attribute} ({text}):", "平均{attribute}（{text}）："},
    [PHRASE_GROUPS_SUM] = {"Total {attribute} ({text}):", "Summe, {attribute} ({text}):",
                           "Total, {attribute} ({text})" COLON_FR,
                           "Total, {attribute} ({text}):", "{attribute}合计（{text}）："},
    [PHRASE_GROUPS_LEAST] =
        {"{lowest} {attribute} ({text}):", "Niedrigster Wert, {attribute} ({text}):",
         "Valeur la plus basse, {attribute} ({text})" COLON_FR,
         "Valor más bajo, {attribute} ({text}):", "{attribute}最低值（{text}）："},
    [PHRASE_GROUPS_MOST] =
        {"{highest} {attribute} ({text}):", "Höchster Wert, {attribute} ({text}):",
         "Valeur la plus élevée, {attribute} ({text})" COLON_FR,
         "Valor más alto, {attribute} ({text}):", "{attribute}最高值（{text}）："},
    [PHRASE_GROUP] = {"{vehicle}: {value} ({number} values)", "{vehicle}: {value} ({number} Werte)",
                      "{vehicle}" COLON_FR " {value} ({number} valeurs)",
                      "{vehicle}: {value} ({number} valores)",
                      "{vehicle}：{value}（{number} 个数值）"},
    [PHRASE_GROUP_COUNT] = {"{vehicle}: {number}", "{vehicle}: {number}",
                            "{vehicle}" COLON_FR " {number}", "{vehicle}: {number}",
                            "{vehicle}：{number}"},

    [PHRASE_CHECK_YES] = {"Yes: the {attribute} of the {vehicle} {is} {value}, {text}.",
                          "Ja: {vehicle}, {attribute}: {value}, {text}.",
                          "Oui" COLON_FR " {vehicle}, {attribute}" COLON_FR " {value}, {text}.",
                          "Sí: {vehicle}, {attribute}: {value}, {text}.",
                          "是：{vehicle}，{attribute}：{value}，{text}。"},
    [PHRASE_CHECK_NO] = {"No: the {attribute} of the {vehicle} {is} {value}, {text}.",
                         "Nein: {vehicle}, {attribute}: {value}, {text}.",
                         "Non" COLON_FR " {vehicle}, {attribute}" COLON_FR " {value}, {text}.",
                         "No: {vehicle}, {attribute}: {value}, {text}.",
                         "否：{vehicle}，{attribute}：{value}，{text}。"},
    [PHRASE_CHECK_YES_PLAIN] = {"Yes: {text}", "Ja: {text}", "Oui" COLON_FR " {text}", "Sí: {text}",
                                "是：{text}"},
    [PHRASE_CHECK_NO_PLAIN] = {"No: {text}", "Nein: {text}", "Non" COLON_FR " {text}", "No: {text}",
                               "否：{text}"},
    [PHRASE_CHECK_DEPENDS] = {"That depends on the version: {text}",
                              "Das hängt von der Ausführung ab: {text}",
                              "Cela dépend de la version" COLON_FR " {text}",
                              "Eso depende de la versión: {text}", "取决于版本：{text}"},
    [PHRASE_CHECK_NONE] = {"No: no vehicle in the documents meets this ({text}).",
                           "Nein: kein Fahrzeug der Dokumente erfüllt das ({text}).",
                           "Non" COLON_FR " aucun véhicule des documents ne correspond ({text}).",
                           "No: ningún vehículo de los documentos cumple esto ({text}).",
                           "否：文件中没有符合条件的车辆（{text}）。"},

    [PHRASE_BOUND_EQUAL] = {"equal to {value}", "gleich {value}", "égal à {value}",
                            "igual a {value}", "等于 {value}"},
    [PHRASE_BOUND_NOT_EQUAL] = {"other than {value}", "ungleich {value}", "différent de {value}",
                                "distinto de {value}", "不等于 {value}"},
    [PHRASE_BOUND_LESS] = {"less than {value}", "weniger als {value}", "moins de {value}",
                           "menos de {value}", "低于 {value}"},
    [PHRASE_BOUND_AT_MOST] = {"at most {value}", "höchstens {value}", "au plus {value}",
                              "como máximo {value}", "不超过 {value}"},
    [PHRASE_BOUND_MORE] = {"more than {value}", "mehr als {value}", "plus de {value}",
                           "más de {value}", "高于 {value}"},
    [PHRASE_BOUND_AT_LEAST] = {"at least {value}", "mindestens {value}", "au moins {value}",
                               "al menos {value}", "不低于 {value}"},
    [PHRASE_BOUND_BETWEEN] = {"between {value} and {other_value}",
                              "zwischen {value} und {other_value}",
                              "entre {value} et {other_value}", "entre {value} y {other_value}",
                              "{value} 至 {other_value} 之间"},
    [PHRASE_BOUND_ABOUT] = {"about {value}", "etwa {value}", "environ {value}",
                            "aproximadamente {value}", "约 {value}"},
    [PHRASE_BOUND_NOT] = {"not {text}", "nicht {text}", "pas {text}", "no {text}", "并非{text}"},

    [PHRASE_NO_VEHICLE] = {"The documents hold no {vehicle}.",
                           "Nicht in den Dokumenten: {vehicle}.",
                           "Absent des documents" COLON_FR " {vehicle}.",
                           "No está en los documentos: {vehicle}.", "文件中没有 {vehicle}。"},
    [PHRASE_NO_YEAR] = {"The documents hold no {vehicle}.", "Nicht in den Dokumenten: {vehicle}.",
                        "Absent des documents" COLON_FR " {vehicle}.",
                        "No está en los documentos: {vehicle}.", "文件中没有 {vehicle}。"},
    [PHRASE_NO_YEAR_ONE] = {"The documents hold no {vehicle}; nearest year: {list}.",
                            "Nicht in den Dokumenten: {vehicle}; nächstliegendes Jahr: {list}.",
                            "Absent des documents" COLON_FR
                            " {vehicle} ; année la plus proche" COLON_FR " {list}.",
                            "No está en los documentos: {vehicle}; año más cercano: {list}.",
                            "文件中没有 {vehicle}；最接近的年份：{list}。"},
    [PHRASE_NO_YEAR_NEAREST] = {"The documents hold no {vehicle}; nearest years: {list}.",
                                "Nicht in den Dokumenten: {vehicle}; nächstliegende Jahre: {list}.",
                                "Absent des documents" COLON_FR
                                " {vehicle} ; années les plus proches" COLON_FR " {list}.",
                                "No está en los documentos: {vehicle}; años más cercanos: {list}.",
                                "文件中没有 {vehicle}；最接近的年份：{list}。"},
    [PHRASE_NO_THAT_YEAR] = {"The documents hold no {vehicle} of that year.",
                             "Nicht in den Dokumenten: {vehicle} aus diesem Jahr.",
                             "Absent des documents" COLON_FR " {vehicle} de cette année.",
                             "No está en los documentos: {vehicle} de ese año.",
                             "文件中没有该年份的 {vehicle}。"},
    [PHRASE_NO_THAT_YEAR_ONE] =
        {"The documents hold no {vehicle} of that year; nearest year: {list}.",
         "Nicht in den Dokumenten: {vehicle} aus diesem Jahr; nächstliegendes Jahr: {list}.",
         "Absent des documents" COLON_FR " {vehicle} de cette année ; année la plus proche" COLON_FR
         " {list}.",
         "No está en los documentos: {vehicle} de ese año; año más cercano: {list}.",
         "文件中没有该年份的 {vehicle}；最接近的年份：{list}。"},
    [PHRASE_NO_THAT_YEAR_NEAREST] =
        {"The documents hold no {vehicle} of that year; nearest years: {list}.",
         "Nicht in den Dokumenten: {vehicle} aus diesem Jahr; nächstliegende Jahre: {list}.",
         "Absent des documents" COLON_FR
         " {vehicle} de cette année ; années les plus proches" COLON_FR " {list}.",
         "No está en los documentos: {vehicle} de ese año; años más cercanos: {list}.",
         "文件中没有该年份的 {vehicle}；最接近的年份：{list}。"},
    [PHRASE_NO_ATTRIBUTE] = {"The documents do not give the {attribute} of the {vehicle}.",
                             "Die Dokumente nennen diese Angabe nicht: {vehicle}, {attribute}.",
                             "Les documents ne donnent pas cette valeur" COLON_FR
                             " {vehicle}, {attribute}.",
                             "Los documentos no dan este dato: {vehicle}, {attribute}.",
                             "文件没有给出该数据：{vehicle}，{attribute}。"},
    [PHRASE_NO_ATTRIBUTE_OF_THOSE] =
        {"The documents do not give the {attribute} of any vehicle that meets this ({text}).",
         "Die Dokumente nennen diese Angabe ({attribute}) bei keinem Fahrzeug, das dies erfüllt ({text}).",
         "Les documents ne donnent cette information ({attribute}) pour aucun véhicule qui correspond ({text}).",
         "Los documentos no dan este dato ({attribute}) de ningún vehículo que lo cumpla ({text}).",
         "文件没有给出符合条件（{text}）的车辆的该数据（{attribute}）。"},
    [PHRASE_NO_ATTRIBUTE_AT_ALL] =
        {"The documents do not give the {attribute} of any vehicle.",
         "Die Dokumente nennen diese Angabe bei keinem Fahrzeug: {attribute}.",
         "Les documents ne donnent cette valeur pour aucun véhicule" COLON_FR " {attribute}.",
         "Los documentos no dan este dato de ningún vehículo: {attribute}.",
         "文件没有给出任何车辆的该数据：{attribute}。"},
    [PHRASE_NO_MATCH] = {"The documents name no vehicle that meets this: {text}.",
                         "Die Dokumente nennen kein Fahrzeug, das dem entspricht: {text}.",
                         "Les documents n’indiquent aucun véhicule qui corresponde" COLON_FR " {text}.",
                         "Los documentos no indican ningún vehículo que cumpla esto: {text}.",
                         "文件中没有列出符合条件的车辆：{text}。"},
    [PHRASE_NO_MATCH_AT_ALL] = {"The documents name no vehicle that meets this.",
                                "Die Dokumente nennen kein Fahrzeug, das dem entspricht.",
                                "Les documents n’indiquent aucun véhicule qui corresponde.",
                                "Los documentos no indican ningún vehículo que cumpla esto.",
                                "文件中没有列出符合条件的车辆。"},
    [PHRASE_NO_TABLE] = {"The documents do not give this in any table.",
                         "Die Dokumente nennen das in keiner Tabelle.",
                         "Les documents ne donnent cela dans aucun tableau.",
                         "Los documentos no dan esto en ninguna tabla.",
                         "文件的表格中没有给出这一内容。"},
    [PHRASE_NOT_UNDERSTOOD] = {"I did not understand {list}; nothing is guessed.",
                               "Nicht verstanden: {list}; es wird nichts geraten.",
                               "Je n’ai pas compris {list} ; rien n’est deviné.",
                               "No entendí {list}; no se adivina nada.",
                               "未能理解：{list}；不作猜测。"},
    [PHRASE_NOT_UNDERSTOOD_AT_ALL] = {"I did not understand the question; nothing is guessed.",
                                      "Die Frage wurde nicht verstanden; es wird nichts geraten.",
                                      "Je n’ai pas compris la question ; rien n’est deviné.",
                                      "No entendí la pregunta; no se adivina nada.",
                                      "未能理解这个问题；不作猜测。"},
    [PHRASE_WHICH_VEHICLE] =
        {"I did not understand which vehicle is meant; nothing is guessed.",
         "Welches Fahrzeug gemeint ist, wurde nicht verstanden; es wird nichts "
         "geraten.",
         "Je n’ai pas compris de quel véhicule il s’agit ; rien n’est deviné.",
         "No entendí de qué vehículo se trata; no se adivina nada.",
         "未能理解指的是哪辆车；不作猜测。"},

    [PHRASE_WHICH_ATTRIBUTE] =
        {"I did not understand what is to be compared; nothing is guessed.",
         "Was verglichen werden soll, wurde nicht verstanden; es wird nichts "
         "geraten.",
         "Je n’ai pas compris ce qui est à comparer ; rien n’est deviné.",
         "No entendí qué se debe comparar; no se adivina nada.",
         "未能理解要比较的项目；不作猜测。"},

    [PHRASE_IN_DOCUMENT] = {"{value} in the document", "{value} im Dokument",
                            "{value} dans le document", "{value} en el documento",
                            "文件中为 {value}"},
    [PHRASE_LIMIT] = {"a limit: “{text}” in the document", "eine Grenze: „{text}“ im Dokument",
                      "une limite" COLON_FR " «\u00a0{text}\u00a0» dans le document",
                      "un límite: «{text}» en el documento", "限值：文件中为“{text}”"},
    [PHRASE_LIMIT_PLAIN] = {"a limit, not an exact figure", "eine Grenze, kein genauer Wert",
                            "une limite, pas une valeur exacte", "un límite, no un valor exacto",
                            "限值，并非准确数值"},
    [PHRASE_UNIT_UNKNOWN] = {"the document names no unit", "das Dokument nennt keine Einheit",
                             "le document n’indique pas d’unité",
                             "el documento no indica la unidad", "文件未注明单位"},
    [PHRASE_UNIT_TAKEN] = {"taken as {unit}: the document names no unit",
                           "als {unit} verstanden: das Dokument nennt keine Einheit",
                           "compris comme {unit}" COLON_FR " le document n’indique pas d’unité",
                           "entendido como {unit}: el documento no indica la unidad",
                           "按 {unit} 理解：文件未注明单位"},
    [PHRASE_IMPLAUSIBLE] = {"outside the usual range; check the document",
                            "außerhalb des üblichen Bereichs; bitte im Dokument prüfen",
                            "hors de la plage habituelle ; à vérifier dans le document",
                            "fuera del intervalo habitual; compruébelo en el documento",
                            "超出通常范围；请核对文件"},
    [PHRASE_LOW_CONFIDENCE] = {"read by OCR with low confidence; check it on the page",
                               "von der Texterkennung unsicher gelesen; bitte auf der Seite prüfen",
                               "lu par OCR avec une faible fiabilité ; à vérifier sur la page",
                               "leído por OCR con poca fiabilidad; compruébelo en la página",
                               "OCR 识别的可信度低；请核对页面"},

    [PHRASE_NOTE_LEFT_OUT_ONE] =
        {"One entry was left out: it has no figure for the {attribute}.",
         "Ein Eintrag wurde ausgelassen: dort fehlt eine Zahl ({attribute}).",
         "Une entrée a été écartée" COLON_FR " elle n’a pas de chiffre ({attribute}).",
         "Se omitió una entrada: no tiene cifra ({attribute}).",
         "略去 1 条记录：没有数值（{attribute}）。"},
    [PHRASE_NOTE_LEFT_OUT] =
        {"{number} entries were left out: they have no figure for the {attribute}.",
         "{number} Einträge wurden ausgelassen: dort fehlt eine Zahl "
         "({attribute}).",
         "{number} entrées ont été écartées" COLON_FR " elles n’ont pas de chiffre ({attribute}).",
         "Se omitieron {number} entradas: no tienen cifra ({attribute}).",
         "略去 {number} 条记录：没有数值（{attribute}）。"},
    [PHRASE_NOTE_MARKS] = {"Left out as marks of a missing value: {number}.",
                           "Als Zeichen für einen fehlenden Wert ausgelassen: {number}.",
                           "Écartées comme marques d’une valeur absente" COLON_FR " {number}.",
                           "Omitidos como marcas de un valor ausente: {number}.",
                           "作为缺失值标记略去：{number}。"},
    [PHRASE_NOTE_UNUSED] = {"Not used: {list}.", "Nicht verwendet: {list}.", "Non utilisé" COLON_FR " {list}.", "Sin usar: {list}.",
                            "未使用：{list}。"},
    [PHRASE_NOTE_CARRIED] = {"Read together with the question before it.",
                             "Zusammen mit der vorigen Frage gelesen.",
                             "Lu avec la question précédente.",
                             "Leído junto con la pregunta anterior.", "结合上一个问题理解。"},
    [PHRASE_NOTE_READ] = {"Read from running text by the language model: see the cited sentence.",
                          "Vom Sprachmodell aus Fließtext gelesen: siehe den angegebenen Satz.",
                          "Lu dans un texte par le modèle de langage" COLON_FR
                          " voir la phrase citée.",
                          "Leído en un texto por el modelo de lenguaje: véase la frase citada.",
                          "由语言模型从正文中读取：请见所引句子。"},
    [PHRASE_CELL] = {"{vehicle}, {attribute}: {value}", "{vehicle}, {attribute}: {value}",
                     "{vehicle}, {attribute}" COLON_FR " {value}", "{vehicle}, {attribute}: {value}",
                     "{vehicle}，{attribute}：{value}"},
    [PHRASE_CELLS] = {"The documents have these words in several places:",
                      "Diese Wörter stehen in den Dokumenten an mehreren Stellen:",
                      "Les documents contiennent ces mots à plusieurs endroits" COLON_FR,
                      "Los documentos tienen estas palabras en varios lugares:", "文档中多处有这些词："},
    [PHRASE_NOTE_CELL] = {"Found by the words of the question in the row, column and headings: {list}.",
                          "Gefunden über die Wörter der Frage in Zeile, Spalte und Überschriften: {list}.",
                          "Trouvé par les mots de la question dans la ligne, la colonne et les titres" COLON_FR
                          " {list}.",
                          "Encontrado por las palabras de la pregunta en la fila, la columna y los títulos: {list}.",
                          "按问题中的词在行、列和标题中找到：{list}。"},
    [PHRASE_NOTE_DOCUMENTS] = {"Only from: {list}.", "Nur aus: {list}.",
                               "Uniquement d’après" COLON_FR " {list}.", "Solo de: {list}.",
                               "仅依据：{list}。"},
    [PHRASE_NOTE_SHOWN] = {"{number} of {other} are shown.", "{number} von {other} werden gezeigt.",
                           "{number} sur {other} sont affichées.",
                           "Se muestran {number} de {other}.", "显示 {other} 条中的 {number} 条。"},
    [PHRASE_NOTE_STALE] =
        {"Read by an older version and not used until ingested again: {list}.",
         "Von einer älteren Version gelesen und bis zum erneuten Einlesen nicht "
         "verwendet: {list}.",
         "Lus par une version antérieure et inutilisés jusqu’à une nouvelle "
         "lecture" COLON_FR " {list}.",
         "Leídos por una versión anterior y no usados hasta que se lean de nuevo: "
         "{list}.",
         "由旧版本读取，重新导入之前不使用：{list}。"},

    [PHRASE_AND] = {" and ", " und ", " et ", " y ", "和"},
    [PHRASE_COMMA] = {", ", ", ", ", ", ", ", "，"},
    [PHRASE_SEMICOLON] = {"; ", "; ", " ; ", "; ", "；"},
    [PHRASE_COLON] = {": ", ": ", COLON_FR " ", ": ", "："},
    [PHRASE_BRACKETS] = {" ({text})", " ({text})", " ({text})", " ({text})", "（{text}）"},
    [PHRASE_BRACKETS_TIGHT] = {"({text})", "({text})", "({text})", "({text})", "（{text}）"},
    [PHRASE_QUOTED] = {"‘{text}’", "‚{text}‘", "«\u00a0{text}\u00a0»", "«{text}»", "“{text}”"},
    [PHRASE_YES] = {"yes", "ja", "oui", "sí", "是"},
    [PHRASE_NO] = {"no", "nein", "non", "no", "否"},
    [PHRASE_THE_VEHICLE] = {"vehicle", "Fahrzeug", "véhicule", "vehículo", "车辆"},

    [PHRASE_HEAD_VEHICLE] = {"Vehicle", "Fahrzeug", "Véhicule", "Vehículo", "车辆"},
    [PHRASE_HEAD_VERSION] = {"Version", "Ausführung", "Version", "Versión", "版本"},
    [PHRASE_HEAD_ATTRIBUTE] = {"Attribute", "Angabe", "Caractéristique", "Dato", "项目"},
    [PHRASE_HEAD_VALUE] = {"Value", "Wert", "Valeur", "Valor", "数值"},
    [PHRASE_HEAD_GROUP] = {"Group", "Gruppe", "Groupe", "Grupo", "组"},
    [PHRASE_HEAD_NUMBER] = {"Number", "Anzahl", "Nombre", "Número", "数量"},
    [PHRASE_HEAD_SOURCE] = {"Source", "Quelle", "Source", "Fuente", "来源"},

    [PHRASE_OP_NONE] = {"Not understood", "Nicht verstanden", "Non compris", "No entendido",
                        "未理解"},
    [PHRASE_OP_VALUE] = {"Value", "Wert", "Valeur", "Valor", "数值"},
    [PHRASE_OP_COMPARE] = {"Comparison", "Vergleich", "Comparaison", "Comparación", "比较"},
    [PHRASE_OP_RANK] = {"Ranking", "Rangliste", "Classement", "Clasificación", "排名"},
    [PHRASE_OP_LIST] = {"List", "Liste", "Liste", "Lista", "列表"},
    [PHRASE_OP_COUNT] = {"Count", "Anzahl", "Nombre", "Recuento", "计数"},
    [PHRASE_OP_AGGREGATE] = {"Summary", "Zusammenfassung", "Synthèse", "Resumen", "汇总"},
    [PHRASE_OP_CHECK] = {"Yes or no", "Ja oder nein", "Oui ou non", "Sí o no", "是否"},
    [PHRASE_OP_DESCRIBE] = {"All data", "Alle Angaben", "Toutes les données", "Todos los datos",
                            "全部数据"},
    [PHRASE_OP_OPEN] = {"Text passages", "Textstellen", "Passages de texte", "Pasajes de texto",
                        "文本段落"},
    [PHRASE_OP_AVERAGE] = {"Average", "Durchschnitt", "Moyenne", "Media", "平均值"},
    [PHRASE_OP_MEDIAN] = {"Median", "Median", "Médiane", "Mediana", "中位数"},
    [PHRASE_OP_SHARE] = {"Share", "Anteil", "Part", "Porcentaje", "占比"},
    [PHRASE_OP_SUM] = {"Total", "Summe", "Total", "Total", "合计"},
    [PHRASE_OP_RANGE] = {"Least and most", "Kleinster und größter Wert", "Minimum et maximum",
                         "Mínimo y máximo", "最低和最高"},
    [PHRASE_OP_MOST] = {"Highest", "Höchster Wert", "Maximum", "Máximo", "最高"},
    [PHRASE_OP_LEAST] = {"Lowest", "Niedrigster Wert", "Minimum", "Mínimo", "最低"},
    [PHRASE_UNDERSTOOD_UNIT] = {"in {unit}", "in {unit}", "en {unit}", "en {unit}", "单位 {unit}"},
    [PHRASE_UNDERSTOOD_TOP] = {"top {number}", "die ersten {number}", "les {number} premiers",
                               "los {number} primeros", "前 {number} 个"},
    [PHRASE_UNDERSTOOD_ASSUMED] = {"{text} taken by the model as {attribute}", "{text} vom Modell gelesen als {attribute}",
                                   "{text} lu par le modèle comme {attribute}",
                                   "{text} leído por el modelo como {attribute}", "模型将{text}理解为{attribute}"},
    [PHRASE_UNDERSTOOD_GROUP] = {"by {attribute}", "nach {attribute}", "par {attribute}",
                                 "por {attribute}", "按{attribute}"},
};

enum language language_find(const char *code)
{
    for (size_t l = 0; code && l < N_LANGUAGES; l++)
        if (strncmp(code, CODES[l], 2) == 0 && (code[2] == '\0' || code[2] == '-'))
            return (enum language)l;
    return LANGUAGE_EN;
}

const char *language_code(enum language l)
{
    return CODES[l < N_LANGUAGES ? l : LANGUAGE_EN];
}

const char *phrase_text(enum phrase p, enum language l)
{
    return PHRASES[p][l < N_LANGUAGES ? l : LANGUAGE_EN];
}

static const char *slot(const struct phrase_slots *s, const char *name, size_t len)
{
    const struct {
        const char *name, *value;
    } all[] = {
        {"vehicle", s->vehicle},
        {"attribute", s->attribute},
        {"value", s->value},
        {"other", s->other},
        {"other_value", s->other_value},
        {"difference", s->difference},
        {"least", s->least},
        {"most", s->most},
        {"number", s->number},
        {"list", s->list},
        {"text", s->text},
        {"unit", s->unit},
        {"is", s->is},
        {"ranges", s->ranges},
        {"higher", s->higher},
        {"lower", s->lower},
        {"highest", s->highest},
        {"lowest", s->lowest},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strlen(all[i].name) == len && memcmp(all[i].name, name, len) == 0)
            return all[i].value ? all[i].value : "";
    return "";
}

void phrase_write(struct buffer *out, enum phrase p, enum language l,
                  const struct phrase_slots *slots)
{
    const char *s = phrase_text(p, l);
    for (const char *open; (open = strchr(s, '{')) != NULL;) {
        const char *close = strchr(open, '}');
        if (!close) break;
        buffer_append(out, s, (size_t)(open - s));
        buffer_puts(out, slot(slots, open + 1, (size_t)(close - open - 1)));
        s = close + 1;
    }
    buffer_puts(out, s);
}
