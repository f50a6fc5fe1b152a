#include "vehicle/unit_table.h"

#define S "\0"
#define U(id, spellings) {id, spellings S}

/* English, German, French, Spanish and Chinese, with the words of other languages that stand in
 * catalogues. A spelling belongs to one unit alone. */
const struct unit_spelling UNIT_SPELLINGS[] = {
    U(UNIT_KW, "kw" S "k w" S "㎾" S "kws" S "kilowatt" S "kilowatts" S "kilovatio" S "kilovatios"
              S "千瓦" S "квт" S "キロワット"),
    U(UNIT_W, "=W" S "watt" S "watts" S "vatio" S "vatios" S "瓦" S "瓦特" S "вт"),
    U(UNIT_MW, "=MW" S "megawatt" S "megawatts" S "兆瓦"),
    U(UNIT_HP, "hp." S "h p." S "hps" S "horse power" S "horsepower" S "horse powers"
              S "mechanical hp" S "imperial hp" S "hp sae" S "sae hp" S "sae net hp" S "hp net"
              S "whp" S "shp" S "英制马力"),
    U(UNIT_BHP, "bhp." S "b h p." S "brake horse power" S "brake hp"),
    U(UNIT_PS, "ps." S "p s." S "pferdestärke" S "pferdestärken" S "pferdestaerken" S "metric hp"
              S "metric horse power" S "hp metric" S "hp din" S "din hp" S "ps din"
              S "hk" S "hv" S "km din" S "公制马力" S "匹马力" S "cavalli" S "koni"
              S "馬力"),
    U(UNIT_CH, "ch." S "ch din" S "chevaux" S "cheval vapeur" S "chevaux vapeur" S "cheval"),
    U(UNIT_CV, "cv." S "c v." S "cv din" S "caballos" S "caballos de fuerza" S "caballos de vapor"
              S "caballo de vapor" S "caballos de potencia" S "cavalos"),
    U(UNIT_HP_RU, "л с." S "лс" S "лошадиных сил" S "лошадиные силы"),
    U(UNIT_HP_ZH, "马力" S "匹"),
    U(UNIT_PK, "pk." S "paardenkracht"),

    U(UNIT_NM, "n m" S "nms" S "newton metre" S "newton metres" S "newton meter" S "newton meters"
              S "newtonmeter" S "newtons metres" S "newton mètre" S "newton mètres"
              S "newtons mètres" S "newton metro" S "newton metros" S "newtons metro" S "牛 米"
              S "牛顿 米" S "牛 m" S "нм" S "н м" S "н·м" S "ニュートン メートル"),
    U(UNIT_DANM, "da n m" S "dekanewtonmeter" S "décanewton mètre"),
    U(UNIT_KNM, "=kN m" S "=KN m" S "=kNm" S "=KNM" S "=knm" S "kilonewton metres"
               S "kilonewton meters"),
    U(UNIT_LB_FT, "lb ft." S "lbs ft." S "lbf ft." S "lb feet" S "lbs feet" S "ft lb." S "ft lbs."
                 S "ft lbf." S "pound feet" S "pounds feet" S "pound foot" S "foot pound"
                 S "foot pounds" S "foot lb." S "foot lbs." S "pound ft." S "pounds ft."
                 S "feet pounds" S "feet lbs." S "lb pi" S "pi lb" S "livre pied" S "livres pied"
                 S "livres pieds" S "libra pie" S "libras pie" S "libras pies" S "lb pie"
                 S "lbs pie" S "磅 英尺" S "英尺 磅" S "磅 尺"),
    U(UNIT_IN_LB, "in-lb." S "in-lbs." S "in.-lb." S "in.-lbs." S "in·lb" S "in·lbs" S "in·lbf" S "in-lbf"
                 S "lb-in." S "lbs-in." S "lb·in" S "lbf·in" S "inlb" S "lbin" S "inch pound"
                 S "inch pounds" S "inch-lb." S "inch-lbs." S "pound inch" S "pound inches"),
    U(UNIT_KGF_M, "kgf m." S "kg m." S "kgm." S "kgs m." S "mkg" S "m-kg" S "m·kg" S "mkgf" S "m·kgf" S "mkp" S "kp m"
                 S "kilogram metre" S "kilogram metres" S "kilogram meter" S "kilogram meters"
                 S "kilogramm meter" S "公斤 米" S "公斤力 米" S "千克力 米"),
    U(UNIT_KGF_CM, "kgf cm" S "kg cm"),

    U(UNIT_KG, "kg." S "kgs." S "kilo" S "kilos" S "kilogram" S "kilograms" S "kilogramme"
              S "kilogrammes" S "kilogramm" S "kilogramo" S "kilogramos" S "quilos" S "公斤"
              S "千克" S "㎏" S "кг" S "k g"),
    U(UNIT_G, "=g" S "gr." S "gm." S "gms." S "gram" S "grams" S "gramme" S "grammes" S "gramm"
             S "gramo" S "gramos" S "克"),
    U(UNIT_MG, "=mg" S "=MG" S "milligram" S "milligrams" S "milligramm" S "milligramme"
              S "milligrammes" S "miligramo" S "miligramos" S "毫克"),
    U(UNIT_T, "=t" S "=t." S "tonne" S "tonnes" S "tonnen" S "metric ton" S "metric tons"
             S "metric tonne" S "metric tonnes" S "tonelada" S "toneladas" S "吨" S "公吨"
             S "tonnellate"),
    U(UNIT_LB, "lb." S "lbs." S "lbm" S "pound" S "pounds" S "#" S "pfund" S "livre" S "livres"
              S "libra" S "libras" S "磅" S "lbs lb"),
    U(UNIT_OZ, "oz." S "ounce" S "ounces" S "unze" S "unzen" S "onza" S "onzas" S "盎司"),
    U(UNIT_ST, "=st" S "stone" S "stones"),
    U(UNIT_CWT, "cwt." S "hundredweight" S "hundredweights"),
    U(UNIT_SHORT_TON, "short ton" S "short tons" S "us ton" S "us tons" S "u s ton" S "u s tons"
                     S "net ton" S "net tons" S "短吨"),
    U(UNIT_LONG_TON, "long ton" S "long tons" S "uk ton" S "uk tons" S "imperial ton"
                    S "imperial tons" S "gross ton" S "gross tons" S "长吨"),
    U(UNIT_TON, "ton" S "tons"),
    U(UNIT_QUINTAL, "quintal" S "quintaux" S "quintales" S "doppelzentner"),
    U(UNIT_JIN, "斤" S "市斤"),

    U(UNIT_MM, "mm." S "m m" S "mms" S "millimetre" S "millimetres" S "millimeter" S "millimeters"
              S "millimetern" S "millimètre" S "millimètres" S "milímetro" S "milímetros"
              S "milimetro" S "milimetros" S "毫米" S "㎜" S "мм" S "公厘"),
    U(UNIT_CM, "cm." S "cms" S "centimetre" S "centimetres" S "centimeter" S "centimeters"
              S "zentimeter" S "zentimetern" S "centimètre" S "centimètres" S "centímetro"
              S "centímetros" S "centimetro" S "centimetros" S "厘米" S "公分" S "㎝" S "см"),
    U(UNIT_DM, "=dm" S "dezimeter"),
    U(UNIT_M, "=m" S "=m." S "mtr." S "mtrs." S "metre" S "metres" S "meter" S "meters" S "metern"
             S "mètre" S "mètres" S "metro" S "metros" S "米" S "公尺"),
    U(UNIT_KM, "km." S "kms." S "k m" S "kilometre" S "kilometres" S "kilometer" S "kilometers"
              S "kilometern" S "kilomètre" S "kilomètres" S "kilómetro" S "kilómetros"
              S "kilometro" S "kilometros" S "公里" S "千米" S "㎞" S "км"),
    U(UNIT_IN, "in." S "inch" S "inches" S "inchs" S "ins." S "\"" S "''" S "zoll" S "pouce"
              S "pouces" S "po." S "pulgada" S "pulgadas" S "pulg." S "英寸" S "英吋" S "吋" S "寸"
              S "tum" S "inch es" S "inch(es)" S "pollici"),
    U(UNIT_FT, "ft." S "fts" S "foot" S "feet" S "'" S "fuß" S "fuss" S "pied" S "pieds" S "pie"
              S "pies" S "英尺" S "呎"),
    U(UNIT_YD, "yd." S "yds." S "yard" S "yards" S "码"),
    U(UNIT_MI, "mi." S "mile" S "miles" S "mls." S "meile" S "meilen" S "milles" S "milla"
              S "millas" S "mile s" S "英里" S "哩" S "statute miles"),
    U(UNIT_NMI, "nmi" S "nautical mile" S "nautical miles" S "海里" S "seemeilen"),
    U(UNIT_UM, "µm" S "μm" S "micron" S "microns" S "micrometre" S "micrometres" S "微米"),
    U(UNIT_WAN_KM, "万公里" S "万km" S "万千米" S "万 km"),
    U(UNIT_KKM, "tkm" S "tsd km" S "tsd km." S "tausend km"),

    U(UNIT_M2, "m²" S "m2" S "m^2" S "sqm" S "sq m." S "square metre" S "square metres"
              S "square meter" S "square meters" S "quadratmeter" S "mètres carrés" S "mètre carré"
              S "metros cuadrados" S "metro cuadrado" S "平方米" S "㎡" S "qm"),
    U(UNIT_CM2, "cm²" S "cm2" S "cm^2" S "sq cm." S "quadratzentimeter" S "平方厘米"),
    U(UNIT_MM2, "mm²" S "mm2" S "mm^2" S "sq mm." S "平方毫米"),
    U(UNIT_FT2, "sq ft." S "sqft" S "ft²" S "ft2" S "ft^2" S "square foot" S "square feet"
               S "平方英尺" S "pieds carrés" S "pies cuadrados"),
    U(UNIT_IN2, "sq in." S "in²" S "in2" S "in^2" S "square inch" S "square inches" S "sq inch"
               S "sq inches" S "平方英寸"),

    U(UNIT_L, "l" S "=l." S "=L." S "ltr." S "ltrs." S "=lt." S "=lts." S "lit." S "litre" S "litres"
             S "liter" S "liters" S "litern" S "litro" S "litros" S "升" S "公升" S "ℓ" S "л"
             S "litri" S "litre s"),
    U(UNIT_DL, "=dl" S "=dL" S "deciliter" S "decilitre"),
    U(UNIT_CL, "=cl" S "=cL" S "centiliter" S "centilitre"),
    U(UNIT_ML, "ml" S "millilitre" S "millilitres" S "milliliter" S "milliliters" S "mililitro"
              S "mililitros" S "毫升" S "мл"),
    U(UNIT_CC, "cc." S "c c." S "ccs" S "㏄" S "cc s"),
    U(UNIT_CM3, "cm³" S "cm3" S "cm^3" S "ccm." S "c cm" S "cui" S "cu cm." S "cubic centimetre"
               S "cubic centimetres" S "cubic centimeter" S "cubic centimeters" S "kubikzentimeter"
               S "centimètre cube" S "centimètres cubes" S "centímetros cúbicos"
               S "centimetros cubicos" S "立方厘米" S "см³" S "см3" S "куб см"),
    U(UNIT_CU_IN, "cu in." S "cuin" S "cu inch" S "cu inches" S "cubic inch" S "cubic inches"
                 S "cubic in." S "cid" S "c i d." S "ci" S "in³" S "in3" S "in^3" S "c i."
                 S "inch³" S "pouces cubes" S "pulgadas cúbicas" S "kubikzoll" S "立方英寸"),
    U(UNIT_CU_FT, "cu ft." S "cuft" S "cu feet" S "cubic foot" S "cubic feet" S "cubic ft." S "ft³"
                 S "ft3" S "ft^3" S "cft" S "pied cube" S "pieds cubes" S "pi³" S "pi3"
                 S "pies cúbicos" S "pies cubicos" S "kubikfuß" S "立方英尺"),
    U(UNIT_CU_YD, "cu yd." S "cubic yard" S "cubic yards" S "yd³" S "yd3" S "立方码"),
    U(UNIT_M3, "m³" S "m3" S "m^3" S "cbm" S "cu m." S "cubic metre" S "cubic metres"
              S "cubic meter" S "cubic meters" S "kubikmeter" S "kubikmetern" S "mètre cube"
              S "mètres cubes" S "metro cúbico" S "metros cúbicos" S "metros cubicos" S "立方米"
              S "㎥" S "立方"),
    U(UNIT_DM3, "dm³" S "dm3" S "dm^3" S "decímetros cúbicos" S "立方分米"),
    U(UNIT_GAL, "gal." S "gals." S "gallon" S "gallons" S "gallone" S "gallonen" S "galón"
               S "galones" S "galon" S "加仑"),
    U(UNIT_GAL_US, "us gal." S "us gals." S "us gallon" S "us gallons" S "u s gal." S "u s gallon"
                  S "u s gallons" S "usg" S "us liquid gallon" S "美制加仑" S "美加仑"),
    U(UNIT_GAL_IMP, "imp gal." S "imp gals." S "imp gallon" S "imp gallons" S "imperial gal."
                   S "imperial gallon" S "imperial gallons" S "uk gal." S "uk gallon"
                   S "uk gallons" S "british gallons" S "英制加仑" S "英加仑" S "igal."),
    U(UNIT_QT, "qt." S "qts." S "quart" S "quarts" S "us qt." S "us quart" S "us quarts"
              S "u s qt." S "u s quarts" S "夸脱"),
    U(UNIT_QT_IMP, "imp qt." S "imp quart" S "imp quarts" S "imperial quart" S "imperial quarts"
                  S "imperial qt." S "uk qt." S "uk quarts"),
    U(UNIT_PT, "pint" S "pints" S "us pt." S "us pint" S "us pints" S "=pt" S "=pts"),
    U(UNIT_PT_IMP, "imp pt." S "imp pint" S "imp pints" S "imperial pint" S "imperial pints"
                  S "uk pint" S "uk pints"),
    U(UNIT_FL_OZ, "fl oz." S "fluid ounce" S "fluid ounces" S "us fl oz."),
    U(UNIT_HL, "=hl" S "hektoliter"),

    U(UNIT_KMH, "kmh" S "kph" S "k p h" S "km-h" S "kmph" S "kmhr" S "kilometres an hour"
               S "kilometers an hour" S "stundenkilometer" S "stundenkilometern"
               S "公里每小时" S "千米每小时" S "km/h" S "км/ч"),
    U(UNIT_MPH, "mph" S "m p h." S "miles an hour" S "英里每小时" S "mi/h"),
    U(UNIT_MPS, "mps" S "m/s" S "米每秒"),
    U(UNIT_KN, "=kn" S "knot" S "knots" S "knoten" S "nœuds" S "noeuds" S "nudos" S "节"),
    U(UNIT_FPS, "fps"),

    U(UNIT_S, "=s" S "=s." S "sec." S "secs." S "=sek." S "=Sek." S "seg." S "second" S "seconds" S "sekunde"
             S "sekunden" S "seconde" S "secondes" S "segundo" S "segundos" S "秒" S "秒钟" S "с."
             S "сек." S "second s" S "secondi"),
    U(UNIT_MS, "=ms" S "millisecond" S "milliseconds" S "millisekunden" S "millisecondes"
              S "milisegundos" S "毫秒"),
    U(UNIT_MIN, "min." S "mins." S "minute" S "minutes" S "minuten" S "minuto" S "minutos" S "分钟"
               S "minute s" S "мин."),
    U(UNIT_H, "=h" S "=h." S "hr." S "hrs." S "std." S "hour" S "hours" S "stunde" S "stunden"
             S "heure" S "heures" S "hora" S "horas" S "小时" S "个小时" S "hour s" S "ч."),
    U(UNIT_DAY, "day" S "days" S "tag" S "tage" S "tagen" S "jour" S "jours" S "día" S "días"
               S "dia" S "dias" S "天" S "日"),
    U(UNIT_WEEK, "week" S "weeks" S "woche" S "wochen" S "semaine" S "semaines" S "semana"
                S "semanas" S "周" S "星期"),
    U(UNIT_MONTH, "month" S "months" S "mth." S "mths." S "monat" S "monate" S "monaten" S "mois"
                 S "mes" S "meses" S "月" S "个月" S "month s" S "mo."),
    U(UNIT_YEAR, "year" S "years" S "yr." S "yrs." S "jahr" S "jahre" S "jahren" S "=an" S "ans"
                S "année" S "années" S "año" S "años" S "ano" S "anos" S "年" S "year s" S "лет"),

    U(UNIT_L_100KM, "l100km" S "l 100km" S "升每百公里" S "л/100 км" S "litres to 100 km" S "l aux cent" S "l aux 100"
                   S "l aux 100 km" S "litres aux 100" S "litres aux 100 km"
                   S "l a los 100" S "l a los 100 km" S "litros a los 100" S "litros a los 100 km"),
    U(UNIT_MPG, "mpg." S "m p g." S "mpgs" S "miles to the gallon" S "英里每加仑" S "英里 加仑"),
    U(UNIT_MPG_US, "us mpg" S "mpg us" S "mpg u s." S "u s mpg" S "mpgus" S "mpg(us)" S "mpg (us)"
                  S "mpg [us]" S "mpg (u s.)" S "mpg american" S "usmpg"),
    U(UNIT_MPG_IMP, "imp mpg" S "imperial mpg" S "uk mpg" S "mpg imp." S "mpg imperial" S "mpg uk"
                   S "mpgimp" S "mpguk" S "mpg (imp.)" S "mpg (imperial)" S "mpg (uk)"
                   S "mpg [imp.]" S "mpg [uk]" S "mpg [imperial]" S "mpg (imp gal.)" S "british mpg"
                   S "ukmpg" S "mpg brit." S "mpg (british)"),
    U(UNIT_KM_L, "kmpl" S "kpl" S "kml" S "kmltr" S "公里每升" S "千米每升" S "км/л"),
    U(UNIT_L_KM, "升每公里"),
    U(UNIT_L_MIL, "=l/mil" S "l mil"),
    U(UNIT_KWH_100KM, "kwh 100 km" S "kwh 100km" S "千瓦时每百公里" S "度/百公里" S "kwh aux 100 km" S "kwh a los 100 km"
                     S "kwh/100kms"),
    U(UNIT_WH_KM, "whkm" S "瓦时每公里"),
    U(UNIT_WH_MI, "whmi"),
    U(UNIT_KWH_100MI, "kwh 100mi" S "kwh 100 mi" S "kwh 100 miles" S "kwh 100miles" S "kw hrs/100 miles"),
    U(UNIT_MI_KWH, "mpkwh"),
    U(UNIT_KM_KWH, "kmpkwh"),
    U(UNIT_MPGE, "mpge" S "mpg e" S "mpg equivalent" S "mpgequivalent" S "mpg eq."
                S "miles per gallon equivalent" S "miles per gallon gasoline equivalent"
                S "miles per gallon of gasoline equivalent" S "miles per gallon e"
                S "miles per gallon (equivalent)" S "mpg(e)" S "mpg (e)" S "mpgge"),
    U(UNIT_LE_100KM, "le 100 km" S "le 100km" S "le/100 km" S "le/100km" S "l e 100 km"
                    S "l equivalent/100 km" S "l eq/100 km"),

    U(UNIT_KWH, "kwh" S "kw h" S "kwhr" S "kw hr" S "kwhs" S "kwhrs" S "kw hrs" S "kilowatt hour"
               S "kilowatt hours" S "kilowattstunde" S "kilowattstunden" S "kilowattheure"
               S "kilowattheures" S "kilowatt heure" S "kilowatt heures" S "kilovatio hora"
               S "kilovatios hora" S "千瓦时" S "千瓦小时" S "度电" S "квт ч" S "kilowatts hour"
               S "kilowatts hours"),
    U(UNIT_WH, "=Wh" S "=wh" S "=WH" S "w h" S "watt hour" S "watt hours" S "wattstunden" S "瓦时"
              S "wattheures"),
    U(UNIT_MWH, "=MWh" S "=MWH" S "megawatt hour" S "megawatt hours"),
    U(UNIT_MJ, "=MJ" S "megajoule" S "megajoules" S "兆焦"),
    U(UNIT_KJ, "=kJ" S "=KJ" S "kilojoule" S "kilojoules"),
    U(UNIT_J, "joule" S "joules"),

    U(UNIT_G_KM, "gkm" S "g/km" S "gpkm" S "克每公里" S "grs/km" S "g co2 km"
                S "g co₂ km" S "gco2/km" S "gco₂/km" S "gco2 km" S "g co2/km" S "g co₂/km"
                S "g of co2/km" S "g of co2 per km" S "g de co2/km" S "g de co2 par km" S "g de co2 por km" S "g co2 per km" S "г/км"),
    U(UNIT_G_MI, "gpm" S "g/mi" S "g/mile" S "gmi" S "g co2/mi" S "g co2/mile" S "g of co2/mi"),
    U(UNIT_MG_KM, "mg/km" S "mgkm"),

    U(UNIT_KPA, "kpa" S "kilopascal" S "kilopascals" S "千帕"),
    U(UNIT_PA, "=Pa" S "pascal" S "pascals" S "帕"),
    U(UNIT_HPA, "=hPa" S "hektopascal"),
    U(UNIT_MPA, "=MPa" S "megapascal" S "兆帕"),
    U(UNIT_BAR, "bar" S "bars" S "巴"),
    U(UNIT_MBAR, "mbar" S "millibar"),
    U(UNIT_PSI, "psi." S "p s i." S "psig" S "lb sq in." S "lbs sq in." S "lb/in²" S "lb/in2"
               S "pounds per square inch" S "磅 平方英寸"),
    U(UNIT_ATM, "=atm"),
    U(UNIT_KGF_CM2, "kgf/cm²" S "kgf/cm2" S "kg/cm²" S "kg/cm2" S "公斤 平方厘米"),

    U(UNIT_RPM, "rpm." S "r p m." S "rpms" S "r min" S "r/min" S "r/m" S "u/min." S "u/m" S "u min."
               S "1/min" S "min-1" S "min⁻¹" S "min^-1" S "/min" S "upm." S "umin." S "umdr/min"
               S "tr/min" S "tr/mn" S "t/min" S "t/mn" S "tr min" S "tours/min" S "tours par minute"
               S "rev/min" S "revs/min" S "revs per minute" S "revolutions per minute"
               S "umdrehungen pro minute" S "umdrehungen" S "umdrehungen/min" S "revoluciones por minuto" S "rev min"
               S "rotations per minute" S "revs" S "转/分" S "转/分钟" S "转每分" S "转每分钟" S "转"
               S "об/мин" S "giri/min" S "giri" S "giri al minuto" S "toeren"),
    U(UNIT_DEGREE, "°" S "º" S "degree" S "degrees" S "deg." S "degs." S "grad" S "degré" S "degrés"
                  S "grado" S "grados" S "度"),
    U(UNIT_RADIAN, "radian" S "radians"),
    U(UNIT_CELSIUS, "°c" S "° c" S "º c" S "ºc" S "℃" S "deg c" S "degrees c" S "degrees celsius"
                   S "degree celsius" S "celsius" S "grad celsius" S "degrés celsius"
                   S "grados celsius" S "摄氏度" S "degc" S "grad c" S "centigrade"),
    U(UNIT_FAHRENHEIT, "°f" S "° f" S "ºf" S "℉" S "deg f" S "degrees f" S "degrees fahrenheit"
                      S "degree fahrenheit" S "fahrenheit" S "grad fahrenheit" S "华氏度" S "degf"),
    U(UNIT_KELVIN, "kelvin"),
    U(UNIT_V, "=V" S "=v" S "volt" S "volts" S "voltios" S "伏" S "伏特" S "vdc" S "vac" S "v dc"
             S "v ac" S "в"),
    U(UNIT_KV, "=kV" S "kilovolt" S "kilovolts"),
    U(UNIT_MV, "=mV" S "millivolt" S "millivolts"),
    U(UNIT_A, "=A" S "amp." S "amps." S "ampere" S "amperes" S "ampère" S "ampères" S "amperios"
             S "安" S "安培"),
    U(UNIT_MA, "=mA" S "milliamp" S "milliamps"),
    U(UNIT_AH, "ah." S "a h." S "amp hour" S "amp hours" S "ampere hour" S "ampere hours"
              S "amperestunden" S "amp hr" S "amp hrs" S "安时" S "安培小时" S "amperios hora"),
    U(UNIT_MAH, "mah" S "milliamp hours" S "毫安时" S "毫安"),
    U(UNIT_DBA, "db a" S "dba" S "db(a)" S "db (a)" S "db[a]" S "decibel a" S "分贝(a)"),
    U(UNIT_DB, "db" S "decibel" S "decibels" S "dezibel" S "décibel" S "décibels" S "decibelio"
              S "decibelios" S "分贝"),
    U(UNIT_PERCENT, "%" S "percent" S "per cent" S "pct." S "prozent" S "pour cent" S "por ciento"
                   S "百分比" S "v h."),
    U(UNIT_PERMILLE, "‰" S "promille"),
    U(UNIT_ONE, ":1" S ": 1" S "∶1"),

    U(UNIT_KG_100KM, "kg h2/100 km" S "kg h2/100km" S "kg h₂/100 km"),
    U(UNIT_PS_L, "ps/liter" S "ch/litre" S "cv/litro"),
    U(UNIT_KN_FORCE, "=kN" S "=KN" S "kilonewton" S "kilonewtons"),
    U(UNIT_N, "=N" S "newton" S "newtons" S "牛" S "牛顿"),
    U(UNIT_HZ, "hz" S "hertz" S "赫兹"),
    U(UNIT_KHZ, "khz"),
    U(UNIT_MHZ, "mhz"),
    U(UNIT_GHZ, "ghz"),
    U(UNIT_GB, "gb" S "gigabyte" S "gigabytes"),
    U(UNIT_TB, "=TB" S "=tb" S "terabyte"),
    U(UNIT_MB, "=MB" S "megabyte" S "megabytes"),
    U(UNIT_LM, "=lm" S "lumen" S "lumens" S "流明"),
    U(UNIT_CD, "candela"),
    U(UNIT_LUX, "=lx" S "lux"),
    U(UNIT_OHM, "Ω" S "ohm" S "ohms"),
    U(UNIT_M_S2, "m/s²" S "m/s2" S "m/s^2" S "米每二次方秒"),
    U(UNIT_TOPS, "=TOPS"),

    U(UNIT_EUR, "€" S "eur" S "euro" S "euros" S "€uro" S "欧元"),
    U(UNIT_KEUR, "k€" S "keur" S "k euro" S "t€" S "teur" S "tsd €" S "tsd. €" S "tsd eur" S "k €"
                S "t €" S "tsd euro" S "tausend euro" S "1000 €" S "1.000 €" S "1000 eur"),
    U(UNIT_USD, "$" S "us$" S "us $" S "usd" S "u s dollar" S "u s dollars" S "us dollar"
               S "us dollars" S "dollar" S "dollars" S "dólar" S "dólares" S "dolares" S "$us"
               S "usd$" S "$usd" S "美元" S "美金" S "usd $" S "$ us" S "$ usd"),
    U(UNIT_KUSD, "k$" S "kusd" S "$k" S "$000" S "$000s" S "$1000" S "thousand dollars" S "$ k"
                S "k usd"),
    U(UNIT_GBP, "£" S "gbp" S "gb£" S "pound sterling" S "pounds sterling" S "英镑" S "￡"
               S "£gbp" S "gbp £" S "stg£"),
    U(UNIT_KGBP, "k£" S "kgbp" S "£k" S "£000" S "£ k"),
    U(UNIT_JPY, "¥" S "jpy" S "yen" S "jp¥" S "日元" S "円" S "日圓" S "yenes"),
    U(UNIT_WAN_JPY, "万円" S "万日元" S "万 円"),
    U(UNIT_CNY, "cny" S "rmb" S "yuan" S "元" S "人民币" S "cn¥" S "块" S "rmb¥" S "¥rmb"
               S "renminbi" S "圆" S "人民币元" S "yuans"),
    U(UNIT_WAN_CNY, "万元" S "万" S "万人民币" S "wan" S "万rmb" S "万 元" S "万 rmb" S "萬元"
                   S "10k cny" S "万块" S "wan yuan"),
    U(UNIT_INR, "₹" S "inr" S "=Rs." S "=rs." S "रु." S "rupee" S "rupees" S "卢比"),
    U(UNIT_LAKH_INR, "lakh" S "lakhs" S "lac" S "lacs" S "lakh rs" S "lakh ₹" S "₹ lakh"
                    S "rs lakh" S "lakh rupees" S "lakhs rupees" S "lakh inr" S "inr lakh"
                    S "₹ lakhs" S "rs lakhs" S "rs in lakhs" S "lakhs inr"),
    U(UNIT_CRORE_INR, "crore" S "crores" S "₹ crore" S "rs crore" S "crore rupees" S "crore ₹"
                     S "=Cr."),
    U(UNIT_CAD, "c$" S "ca$" S "cad" S "cdn$" S "can$" S "cad$" S "$cad" S "$ cad" S "$ca" S "cdn"
               S "canadian dollars" S "canadian dollar" S "cad $" S "加元" S "$ ca" S "$can"),
    U(UNIT_AUD, "a$" S "au$" S "aud" S "aud$" S "$aud" S "$ aud" S "australian dollars" S "澳元"
               S "aud $"),
    U(UNIT_NZD, "nz$" S "nzd" S "nzd$" S "new zealand dollars"),
    U(UNIT_CHF, "chf" S "sfr." S "=Fr." S "franken" S "schweizer franken" S "swiss francs" S "瑞士法郎"
               S "francs suisses"),
    U(UNIT_SEK, "sek" S "skr." S "svenska kronor" S "kronor"),
    U(UNIT_NOK, "nok" S "nkr." S "norske kroner"),
    U(UNIT_DKK, "dkk" S "dkr." S "danske kroner"),
    U(UNIT_ISK, "isk"),
    U(UNIT_PLN, "zł" S "pln" S "zloty" S "złotych" S "zlotys"),
    U(UNIT_CZK, "kč" S "czk" S "korun"),
    U(UNIT_HUF, "huf" S "forint"),
    U(UNIT_RON, "=RON"),
    U(UNIT_BGN, "bgn"),
    U(UNIT_KRW, "₩" S "krw" S "원" S "￦" S "韩元"),
    U(UNIT_WAN_KRW, "만원" S "만 원"),
    U(UNIT_BRL, "r$" S "brl" S "reais" S "r $"),
    U(UNIT_MXN, "mx$" S "mxn" S "mex$" S "mxn$" S "$mxn" S "$ mxn" S "pesos mexicanos" S "mxn $"),
    U(UNIT_ARS, "ar$" S "=ARS" S "pesos argentinos"),
    U(UNIT_CLP, "=CLP" S "clp$" S "pesos chilenos"),
    U(UNIT_COP, "=COP" S "cop$" S "pesos colombianos"),
    U(UNIT_PEN, "=S/." S "=PEN" S "soles"),
    U(UNIT_RUB, "₽" S "rub" S "руб." S "rubles" S "roubles" S "рублей" S "р."),
    U(UNIT_UAH, "₴" S "uah" S "грн."),
    U(UNIT_TRY, "₺" S "=TRY" S "=TL" S "lira"),
    U(UNIT_ZAR, "zar"),
    U(UNIT_AED, "aed" S "dhs." S "dirham" S "dirhams"),
    U(UNIT_SAR, "=SAR" S "riyal" S "riyals"),
    U(UNIT_ILS, "₪" S "ils" S "nis" S "shekel" S "shekels"),
    U(UNIT_HKD, "hk$" S "hkd" S "港币" S "港元"),
    U(UNIT_SGD, "s$" S "sgd"),
    U(UNIT_TWD, "nt$" S "twd" S "新台币" S "ntd"),
    U(UNIT_MYR, "=RM" S "myr" S "ringgit"),
    U(UNIT_THB, "฿" S "thb" S "baht"),
    U(UNIT_IDR, "rp." S "idr" S "rupiah"),
    U(UNIT_PHP, "₱" S "php"),
    U(UNIT_VND, "₫" S "vnd" S "đồng"),
    U(UNIT_PKR, "pkr" S "pkr."),
    U(UNIT_EGP, "egp" S "le egp"),
    U(UNIT_MAD, "=MAD"),
    U(UNIT_NGN, "₦" S "ngn"),
    U(UNIT_KES, "kes" S "ksh." S "kshs."),
    U(UNIT_CRORE_PKR, "pkr crore" S "crore pkr"),
    U(UNIT_LAKH_PKR, "pkr lakh" S "pkr lakhs" S "lakh pkr" S "pkr lacs"),
};
const size_t UNIT_SPELLINGS_COUNT = sizeof UNIT_SPELLINGS / sizeof *UNIT_SPELLINGS;
