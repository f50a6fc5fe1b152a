/* The words for groups of attributes and for units. */
#include "answer/phrases.h"

#include <string.h>

/* Groups of registry. */
static const struct {
    const char *group, *names[N_LANGUAGES];
} GROUPS[] = {
    {"identity", {"Identity", "Bezeichnung", "Identité", "Identificación", "基本信息"}},
    {"general", {"General", "Allgemein", "Généralités", "General", "概况"}},
    {"body", {"Body", "Karosserie", "Carrosserie", "Carrocería", "车身"}},
    {"engine", {"Engine", "Motor", "Moteur", "Motor", "发动机"}},
    {"transmission", {"Transmission", "Getriebe", "Transmission", "Transmisión", "变速箱"}},
    {"drivetrain", {"Drivetrain", "Antrieb", "Transmission", "Transmisión", "传动系统"}},
    {"chassis", {"Chassis", "Fahrwerk", "Châssis", "Chasis", "底盘"}},
    {"suspension", {"Suspension", "Federung", "Suspension", "Suspensión", "悬架"}},
    {"steering", {"Steering", "Lenkung", "Direction", "Dirección", "转向"}},
    {"brakes", {"Brakes", "Bremsen", "Freins", "Frenos", "制动"}},
    {"wheels",
     {"Wheels and tyres", "Räder und Reifen", "Roues et pneus", "Ruedas y neumáticos",
      "车轮与轮胎"}},
    {"dimensions", {"Dimensions", "Abmessungen", "Dimensions", "Dimensiones", "尺寸"}},
    {"weight",
     {"Weights and loads", "Gewichte und Lasten", "Poids et charges", "Pesos y cargas",
      "重量与载荷"}},
    {"weights",
     {"Weights and loads", "Gewichte und Lasten", "Poids et charges", "Pesos y cargas",
      "重量与载荷"}},
    {"capacity", {"Capacities", "Inhalte", "Capacités", "Capacidades", "容量"}},
    {"performance", {"Performance", "Fahrleistungen", "Performances", "Prestaciones", "性能"}},
    {"economy", {"Consumption", "Verbrauch", "Consommation", "Consumo", "能耗"}},
    {"emissions", {"Emissions", "Emissionen", "Émissions", "Emisiones", "排放"}},
    {"electric",
     {"Electric drive", "Elektroantrieb", "Motorisation électrique", "Propulsión eléctrica",
      "电驱动"}},
    {"fuel",
     {"Fuel and consumption", "Kraftstoff und Verbrauch", "Carburant et consommation",
      "Combustible y consumo", "燃料与能耗"}},
    {"range", {"Range", "Reichweite", "Autonomie", "Autonomía", "续航"}},
    {"battery", {"Battery", "Batterie", "Batterie", "Batería", "电池"}},
    {"charging", {"Charging", "Laden", "Recharge", "Carga", "充电"}},
    {"comfort", {"Comfort", "Komfort", "Confort", "Confort", "舒适配置"}},
    {"interior", {"Interior", "Innenraum", "Habitacle", "Interior", "内饰"}},
    {"features", {"Features", "Ausstattung", "Équipement", "Equipamiento", "配置"}},
    {"equipment", {"Equipment", "Ausstattung", "Équipement", "Equipamiento", "配置"}},
    {"safety", {"Safety", "Sicherheit", "Sécurité", "Seguridad", "安全"}},
    {"ratings", {"Ratings", "Bewertungen", "Évaluations", "Valoraciones", "评级"}},
    {"price", {"Price", "Preis", "Prix", "Precio", "价格"}},
    {"cost", {"Costs", "Kosten", "Coûts", "Costes", "费用"}},
    {"warranty", {"Warranty", "Garantie", "Garantie", "Garantía", "质保"}},
    {"service", {"Service", "Wartung", "Entretien", "Mantenimiento", "保养"}},
    {"production", {"Production", "Produktion", "Production", "Producción", "生产"}},
    {"history", {"History", "Historie", "Historique", "Historial", "车况记录"}},
    {"motorcycle", {"Motorcycle", "Motorrad", "Moto", "Motocicleta", "摩托车"}},
    {"truck", {"Truck", "Nutzfahrzeug", "Utilitaire", "Vehículo industrial", "商用车"}},
    {"other", {"Other", "Weitere Angaben", "Autres", "Otros", "其他"}},
};

const char *group_name(const char *group, enum language l)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof *GROUPS; i++)
        if (strcmp(GROUPS[i].group, group) == 0)
            return GROUPS[i].names[l < N_LANGUAGES ? l : LANGUAGE_EN];
    return group;
}

static const struct {
    const char *symbol, *one[N_LANGUAGES], *many[N_LANGUAGES];
} UNIT_WORDS[] = {
    {"years", {"year", "Jahr", "an", "año", "年"}, {"years", "Jahre", "ans", "años", "年"}},
    {"months",
     {"month", "Monat", "mois", "mes", "个月"},
     {"months", "Monate", "mois", "meses", "个月"}},
    {"weeks",
     {"week", "Woche", "semaine", "semana", "周"},
     {"weeks", "Wochen", "semaines", "semanas", "周"}},
    {"days", {"day", "Tag", "jour", "día", "天"}, {"days", "Tage", "jours", "días", "天"}},
};

const char *unit_word(const char *symbol, bool one, enum language l)
{
    if (l >= N_LANGUAGES) l = LANGUAGE_EN;
    for (size_t i = 0; i < sizeof UNIT_WORDS / sizeof *UNIT_WORDS; i++)
        if (strcmp(UNIT_WORDS[i].symbol, symbol) == 0)
            return (one ? UNIT_WORDS[i].one : UNIT_WORDS[i].many)[l];
    return symbol;
}
