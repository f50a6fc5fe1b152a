/* Small documents of three kinds, for the tests and the fuzzer of queries: a price list with American
 * units, a German table, records of electric cars, and prose. */
#ifndef TESTS_UNIT_QUERY_DOCUMENTS_H
#define TESTS_UNIT_QUERY_DOCUMENTS_H

static const char LIST_CSV[] =
    "Make,Model,Year,Trim,Body Style,Fuel Type,Drivetrain,Transmission,Cylinders,"
    "Horsepower (hp),Torque (lb-ft),City MPG,Highway MPG,Combined MPG,0-60 mph (s),"
    "Towing Capacity (lb),MSRP (USD),Seats,Curb Weight (lb)\n"
    "Toyota,Camry,2023,LE,Sedan,Gasoline,FWD,8-speed automatic,4,203,184,28,39,32,8.0,,26420,5,"
    "3310\n"
    "Toyota,Camry,2023,XSE V6,Sedan,Gasoline,FWD,8-speed automatic,6,301,267,22,32,26,5.8,,"
    "35545,5,3550\n"
    "Toyota,Camry,2021,LE,Sedan,Gasoline,FWD,8-speed automatic,4,203,184,28,39,32,8.1,,25045,5,"
    "3310\n"
    "Toyota,RAV4,2022,XLE,SUV,Hybrid,AWD,CVT,4,219,163,41,38,40,7.8,1750,30905,5,3710\n"
    "Toyota,Prius,2022,LE,Hatchback,Hybrid,FWD,CVT,4,121,105,54,50,52,10.5,,25075,5,3010\n"
    "Honda,Accord,2023,LX,Sedan,Gasoline,FWD,CVT,4,192,192,29,37,32,7.3,,27895,5,3239\n"
    "Honda,Civic,2022,Sport,Sedan,Gasoline,FWD,CVT,4,158,138,30,37,33,8.9,,23950,5,2906\n"
    "Honda,Civic,2022,Si,Sedan,Gasoline,FWD,6-speed manual,4,200,192,27,37,31,6.8,,27500,5,2952\n"
    "Ford,F-150,2021,XLT,Pickup,Gasoline,4WD,10-speed automatic,6,400,500,18,23,20,6.1,\"13,"
    "200\",43395,5,4705\n"
    "Ford,F-150,2021,King Ranch,Pickup,Gasoline,4WD,10-speed automatic,8,400,410,16,22,19,6.3,"
    "\"11,300\",57305,5,5014\n"
    "Ford,Mustang,2022,GT,Coupe,Gasoline,RWD,6-speed manual,8,450,410,15,24,18,4.2,,37545,4,"
    "3705\n"
    "Ford,Focus,2012,SE,Hatchback,Gasoline,FWD,5-speed manual,4,160,146,26,36,30,8.5,,18300,5,"
    "2907\n"
    "Tesla,Model 3,2023,Long Range,Sedan,Electric,AWD,Single-speed automatic,,425,377,,,131,"
    "4.2,,47240,5,4065\n"
    "Chevrolet,Silverado 1500,2022,LT,Pickup,Diesel,4WD,10-speed automatic,6,277,460,22,26,24,"
    "7.1,9500,49300,6,5080\n"
    "Chevrolet,Corvette,2021,Stingray,Coupe,Gasoline,RWD,8-speed dual-clutch,8,490,465,15,27,"
    "19,2.9,,60995,2,3366\n"
    "Lexus,IS,2022,IS 350,Sedan,Gasoline,RWD,8-speed automatic,6,311,280,20,28,23,5.6,,42900,5,"
    "3748\n"
    "Mazda,CX-50,2023,,SUV,Gasoline,AWD,6-speed automatic,4,187,186,24,30,27,8.5,2000,27550,5,"
    "3703\n"
    "Mazda,CX-5,2023,,SUV,Gasoline,AWD,6-speed automatic,4,187,186,24,30,26,8.2,2000,26700,5,"
    "3655\n"
    "Mazda,MX-5 Miata,2022,Club,Convertible,Gasoline,RWD,6-speed manual,4,181,151,26,34,29,5.7,"
    ",31300,2,2341\n"
    "Land Rover,Range Rover,2022,,SUV,Gasoline,AWD,8-speed automatic,6,395,406,19,26,21,5.8,"
    "7716,104000,5,5240\n";

static const char AUTOS_CSV[] =
    "Hersteller;Modell;Baujahr;Kraftstoff;Leistung [kW];Verbrauch kombiniert (l/100 km);Leergew"
    "icht (kg);Höchstgeschwindigkeit (km/h);Preis (EUR)\n"
    "Škoda;Octavia;2022;Diesel;110;4,3;1.465;222;34.690\n"
    "Škoda;Fabia;2021;Benzin;70;5,0;1.145;193;19.990\n"
    "BMW;320d;2022;Diesel;140;4,7;1.605;240;47.950\n"
    "BMW;i4;2022;Elektro;250;;2.125;190;59.200\n"
    "Citroën;C3;2020;Benzin;61;5,4;1.055;173;16.490\n";

static const char EV_JSON[] =
    "[\n"
    " {\"make\": \"Hyundai\", \"model\": \"Ioniq 5\", \"year\": 2022, \"range_km\": 481,"
    " \"battery_capacity_kwh\": 72.6, \"heat_pump\": true,"
    " \"towing_capacity_braked_kg\": 1600},\n"
    " {\"make\": \"Kia\", \"model\": \"EV6\", \"year\": 2022, \"range_km\": 528,"
    " \"battery_capacity_kwh\": 77.4, \"heat_pump\": true,"
    " \"towing_capacity_braked_kg\": 1600},\n"
    " {\"make\": \"Renault\", \"model\": \"Zoe\", \"year\": 2021, \"range_km\": 395,"
    " \"battery_capacity_kwh\": 52, \"heat_pump\": false},\n"
    " {\"make\": \"Dacia\", \"model\": \"Spring\", \"year\": 2022, \"range_km\": 230,"
    " \"battery_capacity_kwh\": 26.8, \"heat_pump\": false}\n"
    "]\n";

static const char ROADSTER_MD[] =
    "# 1968 Lotus Elan\n\n"
    "The Elan weighs 1,516 lb and its four-cylinder engine produces 105 hp. "
    "To fold the hood, release both catches first.\n";

#endif
